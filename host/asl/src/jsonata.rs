//! JSONata in a definition: single expressions, and payload templates of them
//! (States Language, "JSONata").

mod query;
mod template;

pub(crate) use self::{
    query::{Query, delimited},
    template::{Node, Template},
};
