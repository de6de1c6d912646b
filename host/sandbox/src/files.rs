//! Opening files, regular ones and directories only.
//!
//! wasmtime-wasi opens on a bounded pool of threads. A guest that opens a
//! FIFO nobody writes to would hold one of them for ever, beyond its own end.

use wasmtime::StoreContextMut;
use wasmtime::component::{Linker, Resource};
use wasmtime::error::Context;
use wasmtime_wasi::filesystem::{WasiFilesystemCtxView, WasiFilesystemView};
use wasmtime_wasi::p2::FsResult;
use wasmtime_wasi::p2::bindings::filesystem::types::{
    Descriptor, DescriptorFlags, DescriptorType, ErrorCode, Host, HostDescriptor, OpenFlags,
    PathFlags,
};

use crate::data::InvocationData;

/// The function that is guarded.
const OPEN_AT: &str = "[method]descriptor.open-at";

type Parameters = (
    Resource<Descriptor>,
    PathFlags,
    String,
    OpenFlags,
    DescriptorFlags,
);

/// Looks at what a path names before it is opened.
///
/// Only the host could put something else there in between, since guests
/// cannot make special files.
pub(crate) fn guard_open(linker: &mut Linker<InvocationData>) -> wasmtime::Result<()> {
    let interface = interface(linker)
        .context("wasi:filesystem/types@0.2 is nowhere in the linker, so opening is unguarded")?;
    linker.allow_shadowing(true);
    linker.instance(&interface)?.func_wrap_async(
        OPEN_AT,
        |mut store: StoreContextMut<'_, InvocationData>, parameters: Parameters| {
            Box::new(async move {
                let mut files = store.data_mut().filesystem();
                let opened = match open_at(&mut files, parameters).await {
                    Ok(descriptor) => Ok(descriptor),
                    Err(error) => Err(files.convert_error_code(error)?),
                };
                Ok((opened,))
            })
        },
    )?;
    linker.allow_shadowing(false);
    Ok(())
}

/// The interface's name in the version that wasmtime-wasi has.
///
/// Linkers cannot be asked for what they hold. Yet defining a function again
/// fails, unless it goes to a version that nobody has, where no guest would
/// find it: hence the look from a copy.
fn interface(linker: &Linker<InvocationData>) -> Option<String> {
    let mut copy = linker.clone();
    (0..=u8::MAX)
        .map(|patch| format!("wasi:filesystem/types@0.2.{patch}"))
        .find(|name| {
            copy.instance(name)
                .and_then(|mut instance| instance.func_wrap(OPEN_AT, |_, (): ()| Ok(())))
                .is_err()
        })
}

async fn open_at(
    files: &mut WasiFilesystemCtxView<'_>,
    (directory, path_flags, path, open_flags, flags): Parameters,
) -> FsResult<Resource<Descriptor>> {
    let again = Resource::new_borrow(directory.rep());
    // What does not exist yet has no type, and what fails here fails there.
    if let Ok(found) = files.stat_at(again, path_flags, path.clone()).await
        && !can_be_opened(found.type_)
    {
        return Err(ErrorCode::Unsupported.into());
    }
    files
        .open_at(directory, path_flags, path, open_flags, flags)
        .await
}

fn can_be_opened(ty: DescriptorType) -> bool {
    match ty {
        // A link that is not followed is refused by the system.
        DescriptorType::RegularFile | DescriptorType::Directory | DescriptorType::SymbolicLink => {
            true
        }
        DescriptorType::BlockDevice
        | DescriptorType::CharacterDevice
        | DescriptorType::Fifo
        | DescriptorType::Socket
        | DescriptorType::Unknown => false,
    }
}
