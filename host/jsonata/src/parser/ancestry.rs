//! Finds the step that each `%` means.
//!
//! A `%` stands for the value that a step before it started from. Each goes up one level to begin
//! with, and one more for each further `%` on its way; what has not found its step at the beginning of
//! a path goes on from whatever stands around that path.

use super::Parser;
use crate::Fault;
use crate::tree::{Kind, NodeId, SlotId};

impl Parser<'_> {
    /// What a part seeks, the whole seeks.
    pub(super) fn inherit_seeking(&mut self, whole: NodeId, part: NodeId) {
        let mut slots = self.seeking.get(&part).cloned().unwrap_or_default();
        slots.extend(self.slot_of(part));
        if !slots.is_empty() {
            self.seeking.entry(whole).or_default().extend(slots);
        }
    }

    fn slot_of(&self, node: NodeId) -> Option<SlotId> {
        match self.get(node).kind {
            Kind::Parent(slot) => Some(slot),
            _ => None,
        }
    }

    fn level(&mut self, slot: SlotId) -> &mut i32 {
        &mut self.slots[slot.0 as usize].level
    }

    /// Looks among a path's steps for what its last one seeks.
    pub(super) fn resolve_parents(&mut self, path: NodeId) {
        let last = *self.steps(path).last().expect("a path has steps");
        let mut slots = self.seeking.get(&last).cloned().unwrap_or_default();
        slots.extend(self.slot_of(last));
        if slots.is_empty() {
            return;
        }
        let steps = self.steps(path).to_vec();
        for slot in slots {
            self.resolve_in(path, &steps[..steps.len() - 1], slot);
        }
    }

    fn resolve_in(&mut self, path: NodeId, before: &[NodeId], slot: SlotId) {
        let mut rest = before;
        while *self.level(slot) > 0 {
            let Some((step, earlier)) = self.step_before(rest) else {
                self.seeking.entry(path).or_default().push(slot);
                return;
            };
            rest = earlier;
            self.seek(step, slot);
        }
    }

    /// The last of some steps and those before it. Of steps in a row that bind a variable with `@`,
    /// all start from the same value: only the first counts.
    fn step_before<'s>(&self, steps: &'s [NodeId]) -> Option<(NodeId, &'s [NodeId])> {
        let (mut step, mut rest) = steps.split_last()?;
        while let Some((previous, earlier)) = rest.split_last()
            && self.has_focus(*step)
            && self.has_focus(*previous)
        {
            (step, rest) = (previous, earlier);
        }
        Some((*step, rest))
    }

    fn has_focus(&self, node: NodeId) -> bool {
        let extras = self.get(node).extras.as_ref();
        extras.is_some_and(|extras| extras.focus.is_some())
    }

    /// What a predicate seeks one level up is its own step.
    pub(super) fn resolve_parents_of_predicate(&mut self, step: NodeId, predicate: NodeId) {
        for slot in self.seeking.get(&predicate).cloned().unwrap_or_default() {
            match *self.level(slot) {
                1 => self.seek(step, slot),
                _ => *self.level(slot) -= 1,
            }
        }
        if self.seeking.contains_key(&predicate) {
            self.inherit_seeking(step, predicate);
        }
    }

    /// Goes up through a node, and stays there if that is the level.
    fn seek(&mut self, node: NodeId, slot: SlotId) {
        match &self.get(node).kind {
            Kind::Name(_) | Kind::Wildcard => self.settle(node, slot),
            Kind::Parent(_) => *self.level(slot) += 1,
            Kind::Block { parts, .. } => {
                if let Some(last) = parts.last().copied() {
                    self.get_mut(node).is_tuple = true;
                    self.seek(last, slot);
                }
            }
            Kind::Path { steps, .. } => {
                let steps = steps.clone();
                self.get_mut(node).is_tuple = true;
                self.seek_in_path(&steps, slot);
            }
            _ => {
                let position = self.get(node).position as usize;
                self.keep_back(underivable().at(position));
            }
        }
    }

    fn settle(&mut self, node: NodeId, slot: SlotId) {
        *self.level(slot) -= 1;
        if *self.level(slot) != 0 {
            return;
        }
        let known = self.get_mut(node).extras_mut().ancestor.replace(slot);
        if let Some(known) = known {
            self.slots[slot.0 as usize].label = self.slots[known.0 as usize].label;
        }
        self.get_mut(node).is_tuple = true;
    }

    fn seek_in_path(&mut self, steps: &[NodeId], slot: SlotId) {
        for (place, step) in steps.iter().rev().enumerate() {
            if place > 0 && *self.level(slot) <= 0 {
                return;
            }
            self.seek(*step, slot);
        }
    }

    /// Fails with S0217 where a `%` found no step.
    pub(super) fn check_parents_are_found(&self, root: NodeId) -> Result<(), Fault> {
        let seeks = self
            .seeking
            .get(&root)
            .is_some_and(|slots| !slots.is_empty());
        if seeks || self.slot_of(root).is_some() {
            return Err(underivable().at(self.get(root).position as usize));
        }
        Ok(())
    }
}

fn underivable() -> Fault {
    let message = "the object representing the 'parent' cannot be derived from this expression";
    Fault::new("S0217", message)
}
