//! `ListFunctions`.

use std::collections::BTreeMap;

use sandstep_json::{Array, Object, Value};

use super::get_function::summarize;
use super::{ApiError, Lambda};
use crate::registry::Callable;
use crate::step_functions::constraints::Constraints;
use crate::step_functions::page::Page;
use crate::step_functions::render::insert_some;

/// The most that a request may ask for (API reference, `MaxItems`).
const MAX_ITEMS: i64 = 10_000;

/// The most that a page has, whatever is asked for (API reference,
/// `ListFunctions`).
const PAGE: i64 = 50;

/// What `ListFunctions` takes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListFunctionsInput {
    /// Leads on from the page before.
    pub marker: Option<String>,
    /// How many to list at most: up to 50, which it is unless said.
    pub max_items: Option<i64>,
    /// `ALL` lists published versions as well, of which there are none.
    pub function_version: Option<String>,
}

impl Lambda {
    /// Lists uploaded functions and those of projects, in the order of their
    /// names.
    ///
    /// Refuses with `ValidationException` and `InvalidParameterValueException`.
    pub async fn list_functions(&self, input: ListFunctionsInput) -> Result<Object, ApiError> {
        let page = input.page()?;
        let after = page.after.as_deref();
        let mut functions = self.deployed(after);
        for stored in self.0.uploaded.page(after, page.length + 1).await? {
            let arn = self.arn(&stored.record.name);
            let summary = stored.record.summarize(&arn);
            functions.insert(stored.record.name, summary);
        }
        let (functions, marker) = page.take(functions.into_iter(), |(name, _)| name.clone());
        let functions: Array = functions.into_iter().map(|(_, summary)| summary).collect();
        let mut answer = Object::from([("Functions", Value::from(functions))]);
        insert_some(&mut answer, "NextMarker", marker);
        Ok(answer)
    }

    /// The functions of projects behind a name. One that has several names has
    /// its own name alone.
    fn deployed(&self, after: Option<&str>) -> BTreeMap<String, Object> {
        let ready = self.0.functions.all().into_iter();
        let functions = ready.filter_map(|(_, callable)| match callable {
            Callable::Ready(function) => Some(function),
            Callable::Loading(_) => None,
        });
        functions
            .filter(|function| after.is_none_or(|after| function.spec().name.as_str() > after))
            .map(|function| {
                let spec = function.spec();
                (spec.name.clone(), summarize(&function, &spec.arn))
            })
            .collect()
    }
}

impl ListFunctionsInput {
    fn page(&self) -> Result<Page, ApiError> {
        let max_items = self.max_items.unwrap_or(PAGE);
        let mut constraints = Constraints::default();
        constraints.range("maxItems", max_items, 1, MAX_ITEMS);
        if let Some(version) = &self.function_version {
            constraints.member("functionVersion", version, &["ALL"]);
        }
        constraints.check()?;
        Page::of(Some(max_items.min(PAGE)), self.marker.as_deref())
            .map_err(|_| ApiError::invalid_parameter("The marker is not one that was given out."))
    }
}
