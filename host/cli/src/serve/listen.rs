//! Where a server listens.

use std::io;
use std::net::SocketAddr;

use tokio::net::{TcpListener, lookup_host};

use crate::args::ListenArgs;
use crate::command_error::CommandError;

/// Listens at the address that was asked for, unless that would let strangers
/// in.
pub(crate) async fn bind(args: &ListenArgs) -> Result<TcpListener, CommandError> {
    let address = address(&args.listen).await?;
    if !address.ip().is_loopback() && args.credentials.is_none() {
        return Err(open_to_strangers(address));
    }
    let bound = TcpListener::bind(address).await;
    bound.map_err(|cause| not_bound(address, &cause))
}

/// The endpoint's URL, for clients on this machine where any address will do.
pub(crate) fn url(mut address: SocketAddr) -> String {
    if address.ip().is_unspecified() {
        let loopback = match address {
            SocketAddr::V4(_) => std::net::Ipv4Addr::LOCALHOST.into(),
            SocketAddr::V6(_) => std::net::Ipv6Addr::LOCALHOST.into(),
        };
        address.set_ip(loopback);
    }
    format!("http://{address}")
}

async fn address(text: &str) -> Result<SocketAddr, CommandError> {
    let mut found = lookup_host(text).await.map_err(|cause| {
        CommandError::caused(format!("--listen {text}"), &cause)
            .hint("write an address and a port, such as 127.0.0.1:8083 or [::1]:8083")
    })?;
    found
        .next()
        .ok_or_else(|| CommandError::new(format!("--listen {text}: there is no such address")))
}

fn open_to_strangers(address: SocketAddr) -> CommandError {
    CommandError::new(format!(
        "listening at {address} without credentials would let everybody who reaches it run code"
    ))
    .hint("--credentials FILE has clients sign their requests")
    .hint("--listen 127.0.0.1:8083 listens on this machine alone")
}

fn not_bound(address: SocketAddr, cause: &io::Error) -> CommandError {
    let error = CommandError::caused(format!("listening at {address}"), cause);
    match cause.kind() {
        io::ErrorKind::AddrInUse => error.hint(
            "another server listens there, perhaps AWS's local Step Functions; --listen takes \
             another port, and 0 any that is free",
        ),
        io::ErrorKind::AddrNotAvailable => error.hint("the address is none of this machine's"),
        io::ErrorKind::PermissionDenied => error.hint("ports below 1024 need a privilege"),
        _ => error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_can_be_asked() {
        for (address, expected) in [
            ("127.0.0.1:8083", "http://127.0.0.1:8083"),
            ("0.0.0.0:80", "http://127.0.0.1:80"),
            ("[::]:9", "http://[::1]:9"),
            ("10.0.0.7:1", "http://10.0.0.7:1"),
        ] {
            assert_eq!(url(address.parse().unwrap()), expected);
        }
    }
}
