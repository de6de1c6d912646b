//! What a function may see of its host: nothing, unless it is named here.

use std::path::PathBuf;

use wasmtime_wasi::FsPerms;
use wasmtime_wasi::filesystem::WasiFilesystemCtx;

use crate::error::LoadError;

/// The files and environment variables that one function was granted.
///
/// The default grants nothing. Secure randomness and clocks of one
/// millisecond need no grant: every language's runtime needs them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Grants {
    /// Directories that the function may open files in.
    pub directories: Vec<DirectoryGrant>,
    /// Environment variables, in the order in which the guest sees them.
    pub environment: Vec<(String, String)>,
}

/// One directory of the host, and everything below it.
///
/// Neither `..` nor a symbolic link leads out of it: paths are resolved
/// beneath the directory by the operating system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DirectoryGrant {
    /// The directory on the host. It must exist when the function is loaded.
    pub host_path: PathBuf,
    /// Its absolute path in the guest, such as `/data`.
    pub guest_path: String,
    /// What the guest may do there.
    pub access: Access,
}

/// What a guest may do in a directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Open and list; every change is refused.
    Read,
    /// Read, and create, change and remove.
    ReadWrite,
}

impl Access {
    fn permissions(self) -> FsPerms {
        match self {
            Self::Read => FsPerms::ReadOnly,
            Self::ReadWrite => FsPerms::ReadWrite,
        }
    }
}

impl Grants {
    /// Opens the granted directories once, for all invocations.
    ///
    /// A directory that is replaced afterwards stays the one that was opened.
    pub(crate) fn open_directories(&self) -> Result<WasiFilesystemCtx, LoadError> {
        let mut builder = wasmtime_wasi::WasiCtx::builder();
        for grant in &self.directories {
            builder
                .preopened_dir(
                    &grant.host_path,
                    &grant.guest_path,
                    grant.access.permissions(),
                )
                .map_err(|cause| LoadError::DirectoryGrant {
                    path: grant.host_path.clone(),
                    cause: cause.into(),
                })?;
        }
        Ok(std::mem::take(builder.build().filesystem()))
    }
}
