//! The sandbox against real components: each limit's name and cause, what a
//! guest sees and does not see, and the cache.

// The plumbing is no test by itself, and fails as loudly as one.
#![allow(clippy::unwrap_used)]

mod cache;
mod concurrency;
mod grants;
mod guests;
mod isolation;
mod limits;
mod load;
mod outcomes;
mod time;
