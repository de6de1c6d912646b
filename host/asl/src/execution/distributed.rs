//! What a distributed Map does with its items before their executions begin: it reads them
//! from their source and gathers them into batches (developer guide, "Distributed mode").

use sandstep_json::{Array, Object, Value};

use super::{
    failure::{Failure, names},
    inspection::Stage,
    item_source::read,
    scope::Scope,
};
use crate::machine::{Dynamic, ItemBatcher, ItemReader};

impl Scope<'_> {
    /// The items that an `ItemReader` finds in its source.
    pub(super) fn read_items(
        &self,
        reader: &ItemReader,
        input: &Value,
        source: &str,
    ) -> Result<Array, Failure> {
        if let Some(arguments) = &reader.arguments {
            self.payload(arguments, input)?;
        }
        let items = read(reader, source)
            .map_err(|problem| Failure::named(names::ITEM_READER_FAILED, problem))?;
        let most = reader.max_items.as_ref();
        let most = most
            .map(|most| self.count(most, "MaxItemsPath", input, 0))
            .transpose()?;
        let items = match most {
            // 0 is "all of them".
            None | Some(0) => items,
            Some(most) => items.into_iter().take(capped(most)).collect(),
        };
        self.inspect(Stage::AfterItemsPointer, &items.clone().into());
        Ok(items)
    }

    /// The inputs of the executions that get the items in batches: objects with `Items`,
    /// and with `BatchInput` where there is one.
    pub(super) fn batches(
        &self,
        batcher: &ItemBatcher,
        input: &Value,
        items: &Array,
    ) -> Result<Array, Failure> {
        let bound = |field: &Option<_>, name| {
            let bound = field
                .as_ref()
                .map(|field| self.count(field, name, input, 1));
            Ok(bound.transpose()?.map_or(usize::MAX, capped))
        };
        let most_items = bound(&batcher.max_items, "MaxItemsPerBatchPath")?;
        let most_bytes = bound(&batcher.max_bytes, "MaxInputBytesPerBatchPath")?;
        let batch_input = batcher.input.as_ref();
        let batch_input = batch_input
            .map(|batch_input| self.payload(batch_input, input))
            .transpose()?;
        let batch = |items: Vec<Value>| {
            let batch: Object = batch_input
                .iter()
                .map(|input| ("BatchInput", input))
                .collect();
            Value::from(batch.with("Items", items))
        };
        let empty = batch(Vec::new()).json_len();
        let (mut batches, mut gathered, mut bytes) = (Vec::new(), Vec::new(), empty);
        for item in items {
            // An item that is too large for any batch has one of its own.
            let more = item.json_len() + usize::from(!gathered.is_empty());
            let is_full = gathered.len() == most_items || bytes.saturating_add(more) > most_bytes;
            if is_full && !gathered.is_empty() {
                batches.push(batch(std::mem::take(&mut gathered)));
                bytes = empty;
            }
            bytes = bytes.saturating_add(more);
            gathered.push(item.clone());
        }
        if !gathered.is_empty() {
            batches.push(batch(gathered));
        }
        Ok(batches.into())
    }

    /// A field that counts something; `name` is that of its path form.
    fn count(
        &self,
        field: &Dynamic<u64>,
        name: &str,
        input: &Value,
        least: u64,
    ) -> Result<u64, Failure> {
        match field {
            Dynamic::Constant(count) => Ok(*count),
            Dynamic::Path(path) => self.integer(&self.at(path, input)?, name, path.text()),
            Dynamic::Jsonata(query) => self.states_variable().integer(query, least),
        }
    }
}

fn capped(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
