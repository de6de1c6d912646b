//! The sandbox against real components: each limit's name and cause, what a
//! guest sees and does not see, and the cache.

mod cache;
mod concurrency;
mod grants;
mod guests;
mod isolation;
mod limits;
mod load;
mod outcomes;
mod time;
