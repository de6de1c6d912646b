//! The key that task tokens are sealed with.

use sandstep_asl::TokenKey;
use sandstep_journal::{Catalog, Error, Key, Kind};

use super::api_error::ApiError;

/// The name of the setting. A key of another length would get another name.
const NAME: &str = "task-token-key";

/// The key of a store, which is made when the store is opened for the first time:
/// tokens that were given away are good for as long as the store is.
pub(crate) async fn token_key(
    catalog: &dyn Catalog,
    draw: &(dyn Fn() -> u128 + Send + Sync),
) -> Result<TokenKey, ApiError> {
    let key = Key {
        kind: Kind::Setting,
        name: NAME.to_owned(),
    };
    if let Some(entry) = catalog.get(&key).await? {
        return read(&entry.value);
    }
    let mut bytes = [0; 32];
    bytes[..16].copy_from_slice(&draw().to_le_bytes());
    bytes[16..].copy_from_slice(&draw().to_le_bytes());
    match catalog.put(key.clone(), 0, bytes.to_vec()).await {
        Ok(_) => Ok(TokenKey::new(bytes)),
        // Somebody else was faster; theirs counts.
        Err(Error::Conflict { .. }) => match catalog.get(&key).await? {
            Some(entry) => read(&entry.value),
            None => Err(Error::Busy.into()),
        },
        Err(error) => Err(error.into()),
    }
}

fn read(bytes: &[u8]) -> Result<TokenKey, ApiError> {
    let bytes = bytes.try_into();
    bytes
        .map(TokenKey::new)
        .map_err(|_| ApiError::failure(&"the key of the task tokens cannot be read"))
}
