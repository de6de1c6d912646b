//! The service over HTTP, in AWS's protocols.
//!
//! [`router`] knows which request means which operation; [`serve`] accepts
//! connections for it, within [`HttpLimits`]. Every route of AWS passes one
//! guard (`guard.rs`) which gives it a request id, a place, and its whole body.
//!
//! What an operation does is `sandstep-service`'s; nothing here decides it.
#![forbid(unsafe_code)]

mod body;
mod credentials;
mod failure;
mod guard;
mod health;
mod http_events;
mod in_place;
mod lambda;
mod limits;
mod request_id;
mod router;
mod server;
mod signature;
mod step_functions;
mod stream;

pub use axum::Router;
pub use credentials::{AccessKey, Credentials, CredentialsError, Identity};
pub use health::Gate;
pub use http_events::{Cors, HttpEvent, HttpRoute, IllegalPath, Mapping, PathTemplate};
pub use limits::HttpLimits;
pub use request_id::RequestId;
pub use router::{ApiSettings, router};
pub use server::serve;
