//! The signatures of functions: `<s-nn?:s>`.
//!
//! A signature says for each parameter which types it takes, and whether it may be left out (`?`),
//! is then taken from the context (`-`), or may be repeated (`+`). As in the reference, an undefined
//! argument passes as any type but a function.

mod types;

use smallvec::SmallVec;
use types::{Types, type_of, type_of_value};

use crate::Fault;
use crate::builtin::Arguments;
use crate::item::{Item, Items};
use crate::limits::Meter;

/// What a function may be called with. The type that it returns is read and not checked.
#[derive(Clone, Debug)]
pub(crate) struct Signature {
    parameters: Vec<Parameter>,
}

#[derive(Clone, Debug)]
struct Parameter {
    types: Types,
    count: Count,
    takes_context: bool,
    /// Takes arrays, and makes one of a single value.
    is_array: bool,
    /// What the array's items are, where that is said.
    items: Option<ItemType>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Count {
    One,
    Optional,
    Many,
}

/// The type of an array's items, by the first letter of its notation.
#[derive(Clone, Copy, Debug)]
struct ItemType {
    letter: char,
    /// Nothing follows the letter, so that a single value may stand for an array of it.
    is_simple: bool,
}

const JSON: &str = "asnblom";

const ANY: &str = "asnblfom";

impl Signature {
    /// Reads a signature in its angle brackets. The fault's position counts from its beginning.
    ///
    /// Fails with S0401 where a type that is neither array nor function has a type inside, and
    /// with S0402 where a choice has.
    pub(crate) fn parse(text: &str) -> Result<Self, Fault> {
        let mut parameters: Vec<Parameter> = Vec::new();
        let mut place = 1;
        while let Some(symbol) = text[place..].chars().next().filter(|symbol| *symbol != ':') {
            place += match symbol {
                '(' => {
                    let choice = inside(&text[place..], '(', ')');
                    parameters.push(Parameter::choice(choice).map_err(|fault| fault.at(place))?);
                    choice.len() + 1
                }
                '<' => {
                    let inner = inside(&text[place..], '<', '>');
                    nest(parameters.last_mut(), inner).map_err(|fault| fault.at(place))?;
                    inner.len() + 1
                }
                '-' | '?' | '+' => {
                    qualify(parameters.last_mut(), symbol);
                    0
                }
                _ => {
                    parameters.extend(Parameter::of(symbol));
                    0
                }
            };
            place = (place + symbol.len_utf8()).min(text.len());
        }
        Ok(Self { parameters })
    }

    /// Checks the arguments of a call and completes them: the context takes the place of those
    /// left out that say so, and single values become arrays.
    ///
    /// Fails with T0410, T0411 and T0412; the fault's token is left open.
    pub(crate) fn check(
        &self,
        mut arguments: Arguments,
        context: &Item,
        meter: &mut Meter,
    ) -> Result<Arguments, Fault> {
        if self.takes_one_each(&arguments) {
            for (index, parameter) in self.parameters.iter().enumerate() {
                parameter.convert(&mut arguments[index], index, meter)?;
            }
            return Ok(arguments);
        }
        meter.spend((self.parameters.len() + 1) * (arguments.len() + 1))?;
        let counts = self.distribute(&arguments)?;
        self.complete(arguments, &counts, context, meter)
    }

    fn takes_one_each(&self, arguments: &[Item]) -> bool {
        self.parameters.len() == arguments.len()
            && self
                .parameters
                .iter()
                .zip(arguments)
                .all(|(parameter, item)| parameter.types.includes(type_of(item)))
    }

    /// How many arguments each parameter takes: the first as many as it can, as long as all are
    /// taken in the end.
    fn distribute(&self, arguments: &[Item]) -> Result<SmallVec<[usize; 4]>, Fault> {
        let types: Vec<Types> = arguments.iter().map(type_of).collect();
        let can_finish = self.can_finish(&types);
        let mut counts = SmallVec::new();
        let mut taken = 0;
        for (index, parameter) in self.parameters.iter().enumerate() {
            let count = parameter
                .possible_counts(&types[taken..])
                .rev()
                .find(|count| can_finish[index + 1][taken + count])
                .ok_or_else(|| self.mismatch(&types))?;
            counts.push(count);
            taken += count;
        }
        if taken < types.len() {
            return Err(self.mismatch(&types));
        }
        Ok(counts)
    }

    /// For each parameter and argument, whether those from there on fit.
    fn can_finish(&self, types: &[Types]) -> Vec<Vec<bool>> {
        let mut table = vec![vec![false; types.len() + 1]; self.parameters.len() + 1];
        table[self.parameters.len()][types.len()] = true;
        for (index, parameter) in self.parameters.iter().enumerate().rev() {
            for taken in 0..=types.len() {
                table[index][taken] = parameter
                    .possible_counts(&types[taken..])
                    .any(|count| table[index + 1][taken + count]);
            }
        }
        table
    }

    /// The first argument that fits no parameter.
    #[cold]
    fn mismatch(&self, types: &[Types]) -> Fault {
        let mut taken = 0;
        for parameter in &self.parameters {
            let Some(count) = parameter.possible_counts(&types[taken..]).next_back() else {
                break;
            };
            taken += count;
        }
        let message = format!(
            "argument {} of the function does not match its signature",
            taken + 1
        );
        Fault::new("T0410", message)
    }

    fn complete(
        &self,
        arguments: Arguments,
        counts: &[usize],
        context: &Item,
        meter: &mut Meter,
    ) -> Result<Arguments, Fault> {
        let mut arguments = arguments.into_iter();
        let mut completed = Arguments::new();
        let mut index = 0;
        for (parameter, count) in self.parameters.iter().zip(counts) {
            if *count == 0 {
                completed.push(parameter.replacement(index, context)?);
            }
            for mut item in arguments.by_ref().take(*count) {
                parameter.convert(&mut item, index, meter)?;
                completed.push(item);
                index += 1;
            }
        }
        Ok(completed)
    }
}

impl Parameter {
    fn of(symbol: char) -> Option<Self> {
        let types = match symbol {
            's' | 'n' | 'b' | 'l' | 'o' => Types::of_letter(symbol).or(Types::MISSING),
            'f' => Types::FUNCTION,
            'j' => Types::of(JSON),
            'a' | 'x' => Types::of(ANY),
            _ => return None,
        };
        Some(Self::new(types, symbol == 'a'))
    }

    fn choice(letters: &str) -> Result<Self, Fault> {
        if letters.contains('<') {
            let message = "choice groups containing parameterized types are not supported";
            return Err(Fault::new("S0402", message));
        }
        Ok(Self::new(Types::of(letters).or(Types::MISSING), false))
    }

    fn new(types: Types, is_array: bool) -> Self {
        Self {
            types,
            count: Count::One,
            takes_context: false,
            is_array,
            items: None,
        }
    }

    /// How many of the arguments that are left this may take, fewest first.
    fn possible_counts(&self, types: &[Types]) -> std::ops::RangeInclusive<usize> {
        let fitting = types.iter().take_while(|kind| self.types.includes(**kind));
        match self.count {
            Count::One => 1..=fitting.take(1).count(),
            Count::Optional => 0..=fitting.take(1).count(),
            Count::Many => 1..=fitting.count(),
        }
    }

    /// What stands for an argument that is left out. Fails with T0411.
    fn replacement(&self, index: usize, context: &Item) -> Result<Item, Fault> {
        if !self.takes_context {
            return Ok(Item::Undefined);
        }
        if self.types.includes(type_of(context)) {
            return Ok(context.clone());
        }
        let message = format!(
            "the context value is not a compatible type with argument {} of the function",
            index + 1
        );
        Err(Fault::new("T0411", message))
    }

    /// Makes an array of a single value where one is asked for. Fails with T0412 where its items
    /// are of another type.
    fn convert(&self, item: &mut Item, index: usize, meter: &mut Meter) -> Result<(), Fault> {
        if !self.is_array || item.is_undefined() {
            return Ok(());
        }
        if let Some(items) = self.items
            && !items.fits(item, meter)?
        {
            return Err(items.fault(index));
        }
        if !item.is_array() {
            *item = Item::array(vec![std::mem::take(item)])?;
        }
        Ok(())
    }
}

impl ItemType {
    fn fits(self, item: &Item, meter: &mut Meter) -> Result<bool, Fault> {
        let types = Types::of_letter(self.letter);
        match item.items() {
            None => Ok(self.is_simple && type_of(item) == types),
            Some(Items::Items(items)) => {
                meter.spend(items.len())?;
                Ok(items.iter().all(|item| type_of(item) == types))
            }
            Some(Items::Values(values)) => {
                meter.spend(values.len())?;
                Ok(values.iter().all(|value| type_of_value(value) == types))
            }
        }
    }

    #[cold]
    fn fault(self, index: usize) -> Fault {
        let plural = match self.letter {
            'a' => "arrays",
            'b' => "booleans",
            'f' => "functions",
            'n' => "numbers",
            'o' => "objects",
            's' => "strings",
            _ => "values of its type",
        };
        let message = format!(
            "argument {} of the function must be an array of {plural}",
            index + 1
        );
        Fault::new("T0412", message)
    }
}

/// What stands between the bracket at the front of a text and the one that closes it; all the
/// rest if none does.
fn inside(text: &str, open: char, close: char) -> &str {
    let mut depth = 0;
    for (place, symbol) in text.char_indices() {
        if symbol == open {
            depth += 1;
        } else if symbol == close {
            depth -= 1;
            if depth == 0 {
                return &text[1..place];
            }
        }
    }
    &text[1..]
}

/// Notes the type inside of an array; that of a function is not checked.
fn nest(parameter: Option<&mut Parameter>, inner: &str) -> Result<(), Fault> {
    match parameter {
        Some(parameter) if parameter.is_array => {
            parameter.items = inner.chars().next().map(|letter| ItemType {
                letter,
                is_simple: inner.len() == letter.len_utf8(),
            });
            Ok(())
        }
        Some(parameter) if parameter.types == Types::FUNCTION => Ok(()),
        _ => {
            let message = "type parameters can only be applied to functions and arrays";
            Err(Fault::new("S0401", message))
        }
    }
}

fn qualify(parameter: Option<&mut Parameter>, symbol: char) {
    let Some(parameter) = parameter else {
        return;
    };
    match symbol {
        '+' => parameter.count = Count::Many,
        '-' => {
            parameter.count = Count::Optional;
            parameter.takes_context = true;
        }
        _ => parameter.count = Count::Optional,
    }
}
