//! Calls.

use std::rc::Rc;

use sandstep_json::Value;

use super::made::filled;
use super::{Evaluator, settled};
use crate::Fault;
use crate::builtin::{self, Arguments, Builtin};
use crate::frame::{Bindings, Frame, Scope};
use crate::function::Function;
use crate::item::Item;
use crate::tree::{Call, Kind, Lambda, Node, NodeId, Symbol};

/// The context of a call that no expression makes, but a function or `~>`: `null`, as in the
/// reference, which tells where an argument is left out that the context should stand for.
pub(crate) const NO_CONTEXT: Item = Item::Value(Value::Null);

/// What a function's body comes to: a value, or one more call, whose value it is.
enum Outcome {
    Value(Item),
    /// Made without growing the stack, so that a function may end by calling itself any
    /// number of times.
    Call(TailCall),
}

struct TailCall {
    function: Item,
    arguments: Arguments,
    name: Option<Symbol>,
    position: usize,
}

impl<'e> Evaluator<'e> {
    /// `f(x)`; `first` is what stands before a `~>`.
    pub(super) fn call(
        &mut self,
        node: &'e Node,
        call: &Call,
        first: Option<Item>,
        input: &Item,
        scope: &Scope,
    ) -> Result<Item, Fault> {
        let function = self.callee(node, call, input, scope)?;
        let arguments = self.arguments(call, first, input, scope)?;
        self.apply(&function, arguments, input)
            .map_err(|fault| self.blame(fault, call.name, node.position as usize))
    }

    #[cold]
    pub(super) fn blame(&self, fault: Fault, name: Option<Symbol>, position: usize) -> Fault {
        let fault = fault.at(position);
        match name {
            Some(symbol) => fault.of(&self.tree.symbol(symbol).name),
            None => fault,
        }
    }

    /// The function that is called. Fails with T1005 where only its `$` was forgotten.
    fn callee(
        &mut self,
        node: &'e Node,
        call: &Call,
        input: &Item,
        scope: &Scope,
    ) -> Result<Item, Fault> {
        let function = self.evaluate(call.procedure, input, scope)?;
        if function.is_undefined() {
            self.check_name(call.procedure, call.name, "T1005", node, scope)?;
        }
        Ok(function)
    }

    /// Fails where a field's name that leads nowhere is that of a variable.
    pub(super) fn check_name(
        &mut self,
        procedure: NodeId,
        name: Option<Symbol>,
        code: &'static str,
        node: &'e Node,
        scope: &Scope,
    ) -> Result<(), Fault> {
        let is_field = matches!(self.tree.node(procedure).kind, Kind::Path { .. });
        let Some(symbol) = name.filter(|_| is_field) else {
            return Ok(());
        };
        if self.variable(symbol, scope)?.is_undefined() {
            return Ok(());
        }
        let name = &self.tree.symbol(symbol).name;
        let message = format!("attempted to invoke a non-function. Did you mean ${name}?");
        Err(Fault::new(code, message)
            .at(node.position as usize)
            .of(name))
    }

    fn arguments(
        &mut self,
        call: &Call,
        first: Option<Item>,
        input: &Item,
        scope: &Scope,
    ) -> Result<Arguments, Fault> {
        let mut arguments = Arguments::new();
        arguments.extend(first);
        for argument in &call.arguments {
            arguments.push(self.evaluate(*argument, input, scope)?);
        }
        Ok(arguments)
    }

    /// Calls a function, and what it ends by calling.
    ///
    /// Fails with T1006 where it is no function, and with T0410, T0411 and T0412 where the arguments
    /// do not pass its signature.
    pub(crate) fn apply(
        &mut self,
        function: &Item,
        arguments: Arguments,
        context: &Item,
    ) -> Result<Item, Fault> {
        let mut outcome = self.apply_once(function, arguments, context)?;
        loop {
            let next = match outcome {
                Outcome::Value(item) => return Ok(item),
                Outcome::Call(next) => next,
            };
            self.meter.spend(1)?;
            outcome = self
                .apply_once(&next.function, next.arguments, context)
                .map_err(|fault| self.blame(fault, next.name, next.position))?;
        }
    }

    fn apply_once(
        &mut self,
        function: &Item,
        arguments: Arguments,
        context: &Item,
    ) -> Result<Outcome, Fault> {
        match function {
            Item::Builtin(builtin) => self
                .call_builtin(builtin, arguments, context)
                .map(Outcome::Value),
            Item::Function(function) => self.call_function(function, arguments, context),
            _ => Err(Fault::new("T1006", "attempted to invoke a non-function")),
        }
    }

    fn call_builtin(
        &mut self,
        builtin: &'static Builtin,
        arguments: Arguments,
        context: &Item,
    ) -> Result<Item, Fault> {
        let arguments = builtin
            .signature
            .check(arguments, context, &mut self.meter)
            .map_err(|fault| fault.of(builtin.definition.name))?;
        let mut call = builtin::Call {
            evaluator: self,
            arguments,
        };
        (builtin.definition.run)(&mut call)
    }

    fn call_function(
        &mut self,
        function: &Rc<Function>,
        mut arguments: Arguments,
        context: &Item,
    ) -> Result<Outcome, Fault> {
        match &**function {
            Function::Lambda { node, input, scope } => {
                self.call_lambda(*node, input, scope, arguments, context)
            }
            Function::Partial {
                function,
                arguments: given,
            } => self.deeper(|evaluator| {
                evaluator.apply_once(function, filled(given, arguments), &NO_CONTEXT)
            }),
            Function::Chain { first, second } => self.deeper(|evaluator| {
                let item = evaluator.apply(first, arguments, &NO_CONTEXT)?;
                evaluator.apply_once(second, Arguments::from_iter([item]), &NO_CONTEXT)
            }),
            Function::Transform { node, scope } => {
                let target = arguments.drain(..).next().unwrap_or_default();
                self.run_transform(*node, target, scope).map(Outcome::Value)
            }
            Function::Regex(regex) => self.call_regex(regex, &arguments).map(Outcome::Value),
            Function::NextMatch { regex, text, from } => self
                .find_match(regex, text, Some(*from))
                .map(Outcome::Value),
        }
    }

    /// Counts a level that has no node of the tree.
    pub(crate) fn deeper<R>(
        &mut self,
        run: impl FnOnce(&mut Self) -> Result<R, Fault>,
    ) -> Result<R, Fault> {
        self.meter.spend(1)?;
        self.meter.enter()?;
        let result = crate::stack::with_room(|| run(self))?;
        self.meter.leave();
        Ok(result)
    }

    fn call_lambda(
        &mut self,
        node: NodeId,
        input: &Item,
        scope: &Scope,
        arguments: Arguments,
        context: &Item,
    ) -> Result<Outcome, Fault> {
        let lambda = self.lambda_of(node);
        let arguments = match &lambda.signature {
            Some(signature) => signature.check(arguments, context, &mut self.meter)?,
            None => arguments,
        };
        let mut bindings: Bindings = Bindings::new();
        let mut arguments = arguments.into_iter();
        for symbol in &lambda.parameters {
            let item = arguments.next().unwrap_or_default();
            crate::frame::bind(&mut bindings, *symbol, item);
        }
        let own = Some(Frame::new(bindings, scope.clone()));
        self.evaluate_tail(lambda.body, input, &own)
    }

    pub(crate) fn lambda_of(&self, node: NodeId) -> &'e Lambda {
        match &self.tree.node(node).kind {
            Kind::Lambda(lambda) => lambda,
            _ => unreachable!("functions are made of lambda nodes"),
        }
    }

    /// Evaluates a function's body. A call at its end is not made, but handed back.
    fn evaluate_tail(&mut self, id: NodeId, input: &Item, scope: &Scope) -> Result<Outcome, Fault> {
        let node = self.tree.node(id);
        if node.extras.is_some() || node.keeps_array {
            return self.evaluate(id, input, scope).map(Outcome::Value);
        }
        match &node.kind {
            Kind::Call(call) => self.tail_call(node, call, input, scope),
            Kind::Condition { .. } => {
                self.deeper(|evaluator| match evaluator.chosen(node, input, scope)? {
                    Some(branch) => evaluator.evaluate_tail(branch, input, scope),
                    None => Ok(Outcome::Value(Item::Undefined)),
                })
            }
            Kind::Block { parts, binds } => {
                self.deeper(|evaluator| evaluator.block_tail(parts, *binds, input, scope))
            }
            _ => self.evaluate(id, input, scope).map(Outcome::Value),
        }
    }

    fn block_tail(
        &mut self,
        parts: &[NodeId],
        binds: bool,
        input: &Item,
        scope: &Scope,
    ) -> Result<Outcome, Fault> {
        let Some((last, before)) = parts.split_last() else {
            return Ok(Outcome::Value(Item::Undefined));
        };
        let own = binds.then(|| Some(Frame::new(Bindings::new(), scope.clone())));
        let scope = own.as_ref().unwrap_or(scope);
        for part in before {
            self.evaluate(*part, input, scope)?;
        }
        self.evaluate_tail(*last, input, scope)
    }

    fn tail_call(
        &mut self,
        node: &'e Node,
        call: &Call,
        input: &Item,
        scope: &Scope,
    ) -> Result<Outcome, Fault> {
        self.deeper(|evaluator| {
            let function = evaluator.callee(node, call, input, scope)?;
            let arguments = evaluator.arguments(call, None, input, scope)?;
            Ok(Outcome::Call(TailCall {
                function,
                arguments,
                name: call.name,
                position: node.position as usize,
            }))
        })
    }

    /// `x ~> f`, `x ~> f(y)` and `f ~> g`. Fails with T2006 where the right side is no function.
    pub(super) fn application(
        &mut self,
        node: &'e Node,
        left: NodeId,
        right: NodeId,
        input: &Item,
        scope: &Scope,
    ) -> Result<Item, Fault> {
        let first = self.evaluate(left, input, scope)?;
        let right_node = self.tree.node(right);
        if let Kind::Call(call) = &right_node.kind {
            let item = self.call(right_node, call, Some(first), input, scope)?;
            return Ok(settled(item, false));
        }
        let second = self.evaluate(right, input, scope)?;
        if !second.is_function() {
            let message =
                "the right side of the function application operator ~> must be a function";
            return Err(Fault::new("T2006", message)
                .at(node.position as usize)
                .of("~>"));
        }
        if first.is_function() {
            return self.function(Function::Chain { first, second });
        }
        self.apply(&second, Arguments::from_iter([first]), &NO_CONTEXT)
    }
}
