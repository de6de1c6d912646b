//! The keys that clients sign with, from a file.

use std::collections::HashMap;
use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;
use std::sync::Arc;

use scratchstack_aws_signature::KSecretKey;

/// The most bytes that a file of credentials has.
const MOST_BYTES: u64 = 1 << 20;

/// The access keys that requests may be signed with.
///
/// They are read from a file in the format of AWS's own clients, so that one
/// file can serve both sides (`AWS_SHARED_CREDENTIALS_FILE`):
///
/// ```ini
/// [operator]
/// aws_access_key_id = SANDSTEPOPERATOR
/// aws_secret_access_key = 40 characters, such as `openssl rand -base64 30` prints
/// ```
///
/// A profile is one key and names its holder; there may be many. Other settings
/// of a profile are left alone.
#[derive(Clone, Debug)]
pub struct Credentials(HashMap<String, Key>);

#[derive(Clone, Debug)]
struct Key {
    identity: Identity,
    /// It does not print itself.
    secret: KSecretKey,
}

/// Who signed a request. It is in the extensions of each request that a route
/// sees behind verified signatures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity(Arc<Holder>);

#[derive(Debug, PartialEq, Eq)]
struct Holder {
    profile: String,
    access_key_id: String,
}

impl Identity {
    /// The profile of the key in the file of credentials.
    pub fn profile(&self) -> &str {
        &self.0.profile
    }

    /// The key's public half.
    pub fn access_key_id(&self) -> &str {
        &self.0.access_key_id
    }
}

/// Why credentials cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CredentialsError {
    /// The file cannot be read, or is more than 1 MiB.
    #[error("cannot read the credentials")]
    Unreadable(#[source] io::Error),
    /// Others can read or change the file.
    #[error(
        "the credentials can be used by others than their owner (mode {0:03o}); chmod 600 them"
    )]
    Open(u32),
    /// The file belongs to someone else.
    #[error("the credentials belong to user {owner}, and this is user {user}")]
    Foreign {
        /// Whose file it is.
        owner: u32,
        /// Who wants to use it.
        user: u32,
    },
    /// A line is neither a profile, a setting nor a comment.
    #[error("line {0} of the credentials is not [PROFILE] or SETTING = VALUE")]
    Line(usize),
    /// A profile has one half of a key.
    #[error("profile {profile} of the credentials has no {setting}")]
    Incomplete {
        /// The profile.
        profile: String,
        /// What it lacks.
        setting: &'static str,
    },
    /// A secret is shorter or longer than AWS's.
    #[error("the secret key of profile {0} of the credentials has not 40 characters")]
    Length(String),
    /// Two profiles have the same key id.
    #[error("profile {0} of the credentials has the key of another")]
    Repeated(String),
    /// There is no key at all.
    #[error("the credentials have no key")]
    Empty,
}

impl Credentials {
    /// Reads the file at `path`, which nobody but the process's user, or root,
    /// may own, and nobody but its owner may read or write, as ssh has it.
    pub fn read(path: &Path) -> Result<Self, CredentialsError> {
        Self::parse(&read(path)?)
    }

    /// Reads what a file of credentials says.
    pub fn parse(text: &str) -> Result<Self, CredentialsError> {
        let mut keys = HashMap::new();
        for profile in profiles(text)? {
            let Some((id, key)) = profile.into_key()? else {
                continue;
            };
            let name = key.identity.profile().to_owned();
            if keys.insert(id, key).is_some() {
                return Err(CredentialsError::Repeated(name));
            }
        }
        match keys.is_empty() {
            true => Err(CredentialsError::Empty),
            false => Ok(Self(keys)),
        }
    }

    /// Whose key it is, and what it signs with.
    pub(crate) fn find(&self, access_key_id: &str) -> Option<(&Identity, &KSecretKey)> {
        let key = self.0.get(access_key_id)?;
        Some((&key.identity, &key.secret))
    }
}

/// A key, for who signs with it.
#[derive(Clone)]
pub struct AccessKey {
    /// The public half.
    pub id: String,
    /// The secret half, 40 characters.
    pub secret: String,
}

impl AccessKey {
    /// The first key of a file, under the rules of [`Credentials::read`].
    pub fn read(path: &Path) -> Result<Self, CredentialsError> {
        let text = read(path)?;
        let mut first = None;
        for profile in profiles(&text)? {
            let (id, secret) = (profile.access_key_id, profile.secret_access_key);
            let is_key = profile.into_key()?.is_some();
            first = first.or(id.zip(secret).filter(|_| is_key));
        }
        let (id, secret) = first.ok_or(CredentialsError::Empty)?;
        Ok(Self {
            id: id.to_owned(),
            secret: secret.to_owned(),
        })
    }
}

/// The text of a file that nobody else can read.
fn read(path: &Path) -> Result<String, CredentialsError> {
    let file = File::open(path).map_err(CredentialsError::Unreadable)?;
    let metadata = file.metadata().map_err(CredentialsError::Unreadable)?;
    check_owner(&metadata)?;
    let mut text = String::new();
    let read = file.take(MOST_BYTES + 1).read_to_string(&mut text);
    match read.map_err(CredentialsError::Unreadable)? as u64 > MOST_BYTES {
        true => Err(CredentialsError::Unreadable(
            io::ErrorKind::FileTooLarge.into(),
        )),
        false => Ok(text),
    }
}

fn check_owner(metadata: &Metadata) -> Result<(), CredentialsError> {
    const ROOT: u32 = 0;
    const OTHERS: u32 = 0o077;
    let (owner, user) = (metadata.uid(), rustix::process::geteuid().as_raw());
    if owner != user && owner != ROOT {
        return Err(CredentialsError::Foreign { owner, user });
    }
    let mode = metadata.permissions().mode() & 0o777;
    match mode & OTHERS {
        0 => Ok(()),
        _ => Err(CredentialsError::Open(mode)),
    }
}

/// The settings of one `[profile]`.
struct Profile<'a> {
    name: &'a str,
    access_key_id: Option<&'a str>,
    secret_access_key: Option<&'a str>,
}

fn profiles(text: &str) -> Result<Vec<Profile<'_>>, CredentialsError> {
    let mut profiles = Vec::new();
    for (line, number) in text.lines().map(str::trim).zip(1..) {
        if line.is_empty() || line.starts_with(['#', ';']) {
            continue;
        }
        if let Some(name) = header(line) {
            profiles.push(Profile::named(name));
            continue;
        }
        let setting = profiles.last_mut().and_then(|profile| profile.set(line));
        setting.ok_or(CredentialsError::Line(number))?;
    }
    Ok(profiles)
}

fn header(line: &str) -> Option<&str> {
    Some(line.strip_prefix('[')?.strip_suffix(']')?.trim())
}

impl<'a> Profile<'a> {
    fn named(name: &'a str) -> Self {
        Self {
            name,
            access_key_id: None,
            secret_access_key: None,
        }
    }

    /// Takes `SETTING = VALUE`; `None` where the line is no such thing.
    fn set(&mut self, line: &'a str) -> Option<()> {
        let (setting, value) = line.split_once('=')?;
        match setting.trim() {
            "aws_access_key_id" => self.access_key_id = Some(value.trim()),
            "aws_secret_access_key" => self.secret_access_key = Some(value.trim()),
            _ => {}
        }
        Some(())
    }

    /// The key under its id; `None` where the profile has neither half of one.
    fn into_key(self) -> Result<Option<(String, Key)>, CredentialsError> {
        let (id, secret) = match (self.access_key_id, self.secret_access_key) {
            (Some(id), Some(secret)) => (id, secret),
            (None, None) => return Ok(None),
            (Some(_), None) => return Err(self.lacks("aws_secret_access_key")),
            (None, Some(_)) => return Err(self.lacks("aws_access_key_id")),
        };
        let secret = secret.parse();
        let secret = secret.map_err(|_| CredentialsError::Length(self.name.to_owned()))?;
        let identity = Identity(Arc::new(Holder {
            profile: self.name.to_owned(),
            access_key_id: id.to_owned(),
        }));
        Ok(Some((id.to_owned(), Key { identity, secret })))
    }

    fn lacks(&self, setting: &'static str) -> CredentialsError {
        CredentialsError::Incomplete {
            profile: self.name.to_owned(),
            setting,
        }
    }
}
