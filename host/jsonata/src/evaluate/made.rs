//! Functions that expressions make: lambdas and partial applications.

use std::rc::Rc;

use super::Evaluator;
use crate::Fault;
use crate::builtin::Arguments;
use crate::frame::Scope;
use crate::function::Function;
use crate::item::Item;
use crate::tree::{Kind, Node, NodeId};

/// What a function keeps alive, in bytes, about.
const FUNCTION_SIZE: usize = 256;

impl<'e> Evaluator<'e> {
    /// `function($x){ … }`
    pub(super) fn lambda(
        &mut self,
        node: NodeId,
        input: &Item,
        scope: &Scope,
    ) -> Result<Item, Fault> {
        self.function(Function::Lambda {
            node,
            input: input.clone(),
            scope: scope.clone(),
        })
    }

    /// A function as an item, which may keep alive what it was made from.
    pub(super) fn function(&mut self, function: Function) -> Result<Item, Fault> {
        self.meter.allocate(FUNCTION_SIZE)?;
        Ok(Item::Function(Rc::new(function)))
    }

    /// `f(?, x)`. Fails with T1007 and T1008 where `f` is no function.
    pub(super) fn partial(
        &mut self,
        node: &'e Node,
        input: &Item,
        scope: &Scope,
    ) -> Result<Item, Fault> {
        let Kind::Partial {
            procedure,
            arguments,
            name,
        } = &node.kind
        else {
            return Ok(Item::Undefined);
        };
        let mut given = Vec::with_capacity(arguments.len());
        for argument in arguments {
            given.push(match argument {
                Some(argument) => Some(self.evaluate(*argument, input, scope)?),
                None => None,
            });
        }
        let function = self.evaluate(*procedure, input, scope)?;
        if function.is_undefined() {
            self.check_name(*procedure, *name, "T1007", node, scope)?;
        }
        if !function.is_function() {
            let fault = Fault::new("T1008", "attempted to partially apply a non-function");
            return Err(self.blame(fault, *name, node.position as usize));
        }
        self.meter.make_items(2 * given.len())?;
        self.function(Function::Partial {
            function,
            arguments: given,
        })
    }

    /// How many arguments a higher-order function passes to a function.
    pub(crate) fn arity(&self, function: &Item) -> usize {
        match function {
            Item::Builtin(builtin) => builtin.definition.arity,
            Item::Function(function) => match &**function {
                Function::Lambda { node, .. } => self.lambda_of(*node).parameters.len(),
                Function::Partial { arguments, .. } => arguments
                    .iter()
                    .filter(|argument| argument.is_none())
                    .count(),
                Function::Regex(_) => 2,
                Function::Chain { .. } | Function::Transform { .. } => 1,
                Function::NextMatch { .. } => 0,
            },
            _ => 0,
        }
    }
}

/// The arguments of a partial application, with those of the call in the places left open.
pub(super) fn filled(given: &[Option<Item>], arguments: Arguments) -> Arguments {
    let mut arguments = arguments.into_iter();
    given
        .iter()
        .map(|item| match item {
            Some(item) => item.clone(),
            None => arguments.next().unwrap_or_default(),
        })
        .collect()
}
