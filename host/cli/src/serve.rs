//! A server: what it deploys, what it keeps, and what it tells.

mod deploy;
mod listen;
mod log;
mod observer;
mod plan;
mod signals;
mod start;
mod store;

pub(crate) use self::listen::{bind, url};
pub(crate) use self::log::{is_text, start_log};
pub(crate) use self::signals::Signals;
pub(crate) use self::start::{Server, Setup, start};
