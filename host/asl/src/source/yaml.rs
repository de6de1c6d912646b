//! YAML text as a tree with places.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use sandstep_json::{Entry, MAX_DEPTH, Position, Spanned, SpannedNode, Text};
use saphyr_parser::{Event, Marker, Parser, ScalarStyle, Tag};

use super::{Format, SourceError, cloudformation, core_schema};

/// How many values anchors and aliases may copy in one text. A few lines of aliases of
/// aliases would otherwise stand for more values than memory holds.
const MAX_COPIES: usize = 250_000;

/// Reads one document; see [`read_yaml`](super::read_yaml).
pub(super) fn read(text: &str) -> Result<Spanned, SourceError> {
    let mut parser = Parser::new_from_str(text);
    let mut builder = Builder {
        offsets: Offsets::new(text),
        ..Builder::default()
    };
    while let Some(event) = parser.next_event() {
        let (event, span) = event.map_err(|error| {
            let message = error.info().to_owned();
            builder.at(*error.marker()).error(message)
        })?;
        let place = builder.at(span.start);
        builder.handle(event, place)?;
    }
    builder
        .root
        .ok_or_else(|| Place(Position::START).error("the document is empty"))
}

#[derive(Default)]
struct Builder<'t> {
    offsets: Offsets<'t>,
    open: Vec<Open>,
    /// The levels that `open` will have in the tree, those of functions included.
    depth: usize,
    anchors: HashMap<usize, Spanned>,
    copies: usize,
    documents: usize,
    root: Option<Spanned>,
}

/// A collection that is being read.
struct Open {
    collection: Collection,
    anchor: usize,
    function: Option<Text>,
    place: Place,
}

enum Collection {
    Sequence(Vec<Spanned>),
    Mapping(Mapping),
}

#[derive(Default)]
struct Mapping {
    entries: Vec<Entry>,
    /// The key whose value comes next.
    key: Option<Key>,
    /// The values of `<<`.
    merges: Vec<Spanned>,
}

enum Key {
    Name(Text, Place),
    Merge,
}

/// A place in the text, for errors.
#[derive(Clone, Copy)]
struct Place(Position);

/// Tags and anchors that stand before a node.
struct Properties<'t> {
    anchor: usize,
    tag: Option<Cow<'t, Tag>>,
}

impl Place {
    fn error(self, message: impl Into<String>) -> SourceError {
        SourceError {
            format: Format::Yaml,
            message: message.into(),
            position: self.0,
        }
    }
}

impl Builder<'_> {
    fn at(&mut self, marker: Marker) -> Place {
        let offset = self.offsets.of(marker.index());
        Place(Position {
            offset,
            line: marker.line().max(1),
            column: marker.col() + 1,
        })
    }

    fn handle(&mut self, event: Event<'_>, place: Place) -> Result<(), SourceError> {
        match event {
            Event::DocumentStart(_) => self.begin_document(place),
            Event::Scalar(text, style, anchor, tag) => {
                self.scalar(&text, style, Properties { anchor, tag }, place)
            }
            Event::SequenceStart(anchor, tag) => {
                let collection = Collection::Sequence(Vec::new());
                self.open(collection, Properties { anchor, tag }, place)
            }
            Event::MappingStart(anchor, tag) => {
                let collection = Collection::Mapping(Mapping::default());
                self.open(collection, Properties { anchor, tag }, place)
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(),
            Event::Alias(anchor) => self.alias(anchor, place),
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => Ok(()),
        }
    }

    fn begin_document(&mut self, place: Place) -> Result<(), SourceError> {
        self.documents += 1;
        if self.documents > 1 {
            return Err(place.error("a second document begins; the text must hold only one"));
        }
        Ok(())
    }

    fn scalar(
        &mut self,
        text: &str,
        style: ScalarStyle,
        properties: Properties<'_>,
        place: Place,
    ) -> Result<(), SourceError> {
        if let Some(mapping) = self.mapping_before_key() {
            let is_merge = text == "<<" && style == ScalarStyle::Plain;
            mapping.key = Some(if is_merge {
                Key::Merge
            } else {
                Key::Name(text.into(), place)
            });
            return Ok(());
        }
        let node = tagged_scalar(text, style, properties.tag.as_deref())
            .map_err(|message| place.error(message))?;
        let value = Spanned {
            node,
            position: place.0,
        };
        let function = function(properties.tag.as_deref(), place)?;
        // A called function and the two parts of a GetAtt.
        let levels = if function.is_some() { 2 } else { 0 };
        self.check_depth(levels, place)?;
        self.add(wrap(value, function), properties.anchor)
    }

    fn open(
        &mut self,
        collection: Collection,
        properties: Properties<'_>,
        place: Place,
    ) -> Result<(), SourceError> {
        if self.mapping_before_key().is_some() {
            return Err(place.error("a key must be a scalar"));
        }
        let function = function(properties.tag.as_deref(), place)?;
        let open = Open {
            collection,
            anchor: properties.anchor,
            function,
            place,
        };
        self.check_depth(open.levels(), place)?;
        self.depth += open.levels();
        self.open.push(open);
        Ok(())
    }

    fn close(&mut self) -> Result<(), SourceError> {
        let open = self.open.pop().expect("the parser closes what it opened");
        self.depth -= open.levels();
        let node = match open.collection {
            Collection::Sequence(items) => SpannedNode::Array(items),
            Collection::Mapping(mapping) => SpannedNode::Object(mapping.merged()?),
        };
        let value = Spanned {
            node,
            position: open.place.0,
        };
        self.add(wrap(value, open.function), open.anchor)
    }

    fn alias(&mut self, anchor: usize, place: Place) -> Result<(), SourceError> {
        if self.mapping_before_key().is_some() {
            return Err(place.error("a key must be a scalar, not an alias"));
        }
        let Some(value) = self.anchors.get(&anchor) else {
            return Err(place.error("an alias refers to a key or to a value that contains it"));
        };
        let Size { values, depth } = Size::of(value);
        self.check_depth(depth, place)?;
        self.count_copies(values, place)?;
        let value = self.anchors[&anchor].clone();
        self.add(value, 0)
    }

    /// Puts a finished value into the collection around it.
    fn add(&mut self, value: Spanned, anchor: usize) -> Result<(), SourceError> {
        // The parser counts anchors from 1; 0 is none.
        if anchor != 0 {
            self.count_copies(Size::of(&value).values, Place(value.position))?;
            self.anchors.insert(anchor, value.clone());
        }
        match self.open.last_mut().map(|open| &mut open.collection) {
            Some(Collection::Sequence(items)) => items.push(value),
            Some(Collection::Mapping(mapping)) => mapping.add(value),
            None => self.root = Some(value),
        }
        Ok(())
    }

    fn mapping_before_key(&mut self) -> Option<&mut Mapping> {
        match &mut self.open.last_mut()?.collection {
            Collection::Mapping(mapping) if mapping.key.is_none() => Some(mapping),
            _ => None,
        }
    }

    fn check_depth(&self, levels: usize, place: Place) -> Result<(), SourceError> {
        if self.depth + levels > MAX_DEPTH {
            return Err(place.error(format!("nested deeper than {MAX_DEPTH} levels")));
        }
        Ok(())
    }

    fn count_copies(&mut self, values: usize, place: Place) -> Result<(), SourceError> {
        self.copies += values;
        if self.copies > MAX_COPIES {
            let message = format!("anchors and aliases copy more than {MAX_COPIES} values");
            return Err(place.error(message));
        }
        Ok(())
    }
}

impl Open {
    fn levels(&self) -> usize {
        1 + usize::from(self.function.is_some())
    }
}

impl Mapping {
    fn add(&mut self, value: Spanned) {
        match self.key.take().expect("a key comes before its value") {
            Key::Name(key, place) => {
                self.entries.push(Entry {
                    key,
                    key_position: place.0,
                    value,
                });
            }
            Key::Merge => self.merges.push(value),
        }
    }

    /// The entries, with those of `<<` that they do not override; of several merged
    /// mappings the first one wins (yaml.org/type/merge.html).
    fn merged(self) -> Result<Vec<Entry>, SourceError> {
        let mut entries = self.entries;
        if self.merges.is_empty() {
            return Ok(entries);
        }
        let mut keys: HashSet<Text> = entries.iter().map(|entry| entry.key.clone()).collect();
        for mapping in self.merges.into_iter().flat_map(listed) {
            let place = Place(mapping.position);
            let SpannedNode::Object(merged) = mapping.node else {
                return Err(place.error("a merge key takes a mapping or a list of mappings"));
            };
            entries.extend(
                merged
                    .into_iter()
                    .filter(|entry| keys.insert(entry.key.clone())),
            );
        }
        Ok(entries)
    }
}

/// The items of a sequence, or the one value itself.
fn listed(value: Spanned) -> Vec<Spanned> {
    match value.node {
        SpannedNode::Array(items) => items,
        _ => vec![value],
    }
}

fn wrap(value: Spanned, function: Option<Text>) -> Spanned {
    match function {
        Some(function) => cloudformation::call(function, value),
        None => value,
    }
}

/// The function that a tag calls, if it is not one of YAML's own.
fn function(tag: Option<&Tag>, place: Place) -> Result<Option<Text>, SourceError> {
    let Some(tag) = tag.filter(|tag| !tag.is_yaml_core_schema() && !is_non_specific(tag)) else {
        return Ok(None);
    };
    match cloudformation::function(&tag.suffix).filter(|_| tag.handle == "!") {
        Some(function) => Ok(Some(function)),
        None => Err(place.error(format!("unknown tag {tag}"))),
    }
}

/// A lone `!`, which asks for a string, a list or a map without a look at the text.
fn is_non_specific(tag: &Tag) -> bool {
    tag.handle.is_empty() && tag.suffix == "!"
}

fn tagged_scalar(text: &str, style: ScalarStyle, tag: Option<&Tag>) -> Result<SpannedNode, String> {
    let expected = tag
        .filter(|tag| tag.is_yaml_core_schema())
        .map(|tag| tag.suffix.as_str());
    let is_plain = style == ScalarStyle::Plain && !tag.is_some_and(is_non_specific);
    if expected == Some("str") || (expected.is_none() && !is_plain) {
        return Ok(SpannedNode::String(text.into()));
    }
    let node = core_schema::resolve(text)?;
    let fits = match expected {
        None => true,
        Some("null") => matches!(node, SpannedNode::Null),
        Some("bool") => matches!(node, SpannedNode::Bool(_)),
        Some("int" | "float") => matches!(node, SpannedNode::Number(_)),
        Some(_) => false,
    };
    match expected {
        Some(tag) if !fits => Err(format!("the scalar is not a valid !!{tag}")),
        _ => Ok(node),
    }
}

/// What a value costs to copy.
struct Size {
    values: usize,
    depth: usize,
}

impl Size {
    /// Recurses no deeper than [`MAX_DEPTH`], which holds for every value here.
    fn of(value: &Spanned) -> Self {
        match &value.node {
            SpannedNode::Array(items) => Self::around(items.iter()),
            SpannedNode::Object(entries) => Self::around(entries.iter().map(|entry| &entry.value)),
            _ => Self {
                values: 1,
                depth: 0,
            },
        }
    }

    fn around<'v>(children: impl Iterator<Item = &'v Spanned>) -> Self {
        let mut size = Self {
            values: 1,
            depth: 0,
        };
        for child in children.map(Self::of) {
            size.values += child.values;
            size.depth = size.depth.max(child.depth);
        }
        Self {
            depth: size.depth + 1,
            ..size
        }
    }
}

/// Byte offsets of characters that are asked for nearly in order.
#[derive(Default)]
struct Offsets<'t> {
    text: &'t str,
    characters: usize,
    bytes: usize,
}

impl<'t> Offsets<'t> {
    fn new(text: &'t str) -> Self {
        Self {
            text,
            ..Self::default()
        }
    }

    fn of(&mut self, index: usize) -> usize {
        while self.characters < index {
            let Some(next) = self.text[self.bytes..].chars().next() else {
                break;
            };
            self.characters += 1;
            self.bytes += next.len_utf8();
        }
        while self.characters > index {
            let last = self.text[..self.bytes]
                .chars()
                .next_back()
                .expect("not at the start");
            self.characters -= 1;
            self.bytes -= last.len_utf8();
        }
        self.bytes
    }
}
