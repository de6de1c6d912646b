//! Whether a component is older than what it was made of.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::Metadata;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Folders that builds write and tools keep; what is in them is no source.
const NO_SOURCES: [&str; 4] = ["target", ".sandstep", ".git", "node_modules"];

/// A file that changed so shortly before it was looked at may change again
/// within the same tick of the file system's clock.
const SETTLED: Duration = Duration::from_secs(2);

/// The time of a file's change may lie this much before the change: systems
/// take it from a clock that ticks.
const TICK: Duration = Duration::from_millis(10);

/// What a component was made of: every file with its content's digest.
///
/// As long as a file has its size and its time of change, its content is not
/// read; when the time alone differs, the digest decides.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Fingerprint {
    /// Counts up when the meaning of this record changes.
    version: u32,
    /// The component's own size and time, so that a stranger's is noticed.
    component: Stamp,
    /// What was asked of the builder.
    recipe: String,
    /// The sources, and the inputs beside them.
    files: BTreeMap<PathBuf, Source>,
    /// What would be an input if it were there.
    absent: BTreeSet<PathBuf>,
    /// The builder's own files, by their stamps alone.
    tools: BTreeMap<PathBuf, Stamp>,
}

const VERSION: u32 = 2;

/// What is known of a component before it is built.
#[derive(Debug)]
pub(crate) struct Plan {
    /// What is asked of the builder: another recipe makes another component.
    pub(crate) recipe: String,
    /// The files that go into it for certain; a new one makes another component.
    pub(crate) sources: BTreeSet<PathBuf>,
    /// The builder's own files.
    pub(crate) tools: Vec<PathBuf>,
}

/// A file of source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Source {
    stamp: Stamp,
    sha256: String,
}

/// What the file system says about a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Stamp {
    size: u64,
    /// Nanoseconds since the Unix epoch; 0 where the time cannot be trusted.
    changed: u64,
}

impl Fingerprint {
    /// Whether `component` was made according to `plan`, of what is there now.
    pub(crate) fn is_current(record: &Path, component: &Path, plan: Plan) -> bool {
        let Some(mut kept) = Self::load(record) else {
            return false;
        };
        if kept.version != VERSION
            || Stamp::of(component) != Some(kept.component)
            || kept.recipe != plan.recipe
            || kept.tools != stamps(plan.tools)
            || !kept.has_all(&plan.sources)
            || kept.absent.iter().any(|path| path.exists())
        {
            return false;
        }
        match kept.check_files() {
            Check::Changed => false,
            Check::Same => true,
            Check::Touched => {
                // Without the new times, the next run reads the files again.
                let _ = kept.write(record);
                true
            }
        }
    }

    /// What a plan names, as it is now.
    pub(crate) fn of(plan: Plan) -> Self {
        let mut fingerprint = Self {
            version: VERSION,
            component: Stamp::default(),
            recipe: plan.recipe,
            files: BTreeMap::new(),
            absent: BTreeSet::new(),
            tools: stamps(plan.tools),
        };
        fingerprint.add(plan.sources, Source::read);
        fingerprint
    }

    /// Adds files that the build itself may have written, as it left them.
    pub(crate) fn with_locks(mut self, locks: Vec<PathBuf>) -> Self {
        locks.iter().for_each(|path| _ = self.files.remove(path));
        self.add(locks, Source::read);
        self
    }

    /// Adds inputs from elsewhere, known only since the build is done. Of one
    /// that changed after the build `began`, nobody knows which content went
    /// into the component.
    pub(crate) fn with_inputs(mut self, inputs: Vec<PathBuf>, began: SystemTime) -> Self {
        self.add(inputs, |path, now| {
            let source = Source::read(path, now)?;
            let is_older = changed_before(path, began);
            Some(if is_older { source } else { Source::UNKNOWN })
        });
        self
    }

    /// Adds files that are not there and must not appear.
    pub(crate) fn with_absent(mut self, absent: BTreeSet<PathBuf>) -> Self {
        self.absent = absent;
        self
    }

    /// Writes the record of a component.
    pub(crate) fn save(mut self, record: &Path, component: &Path) -> io::Result<()> {
        self.component = Stamp::from(&std::fs::metadata(component)?);
        self.write(record)
    }

    fn load(record: &Path) -> Option<Self> {
        serde_json::from_slice(&std::fs::read(record).ok()?).ok()
    }

    fn write(&self, record: &Path) -> io::Result<()> {
        let temporary = record.with_extension(format!("{}.tmp", std::process::id()));
        std::fs::write(&temporary, serde_json::to_vec(self)?)?;
        std::fs::rename(&temporary, record)
    }

    fn add(
        &mut self,
        files: impl IntoIterator<Item = PathBuf>,
        read: impl Fn(&Path, SystemTime) -> Option<Source>,
    ) {
        let now = SystemTime::now();
        for path in files {
            if !self.files.contains_key(&path)
                && let Some(source) = read(&path, now)
            {
                self.files.insert(path, source);
            }
        }
    }

    /// Whether no file is new. Files that are gone fail to be read.
    fn has_all(&self, files: &BTreeSet<PathBuf>) -> bool {
        files.iter().all(|path| self.files.contains_key(path))
    }

    fn check_files(&mut self) -> Check {
        let now = SystemTime::now();
        let mut check = Check::Same;
        for (path, source) in &mut self.files {
            let Some(stamp) = Stamp::of(path) else {
                return Check::Changed;
            };
            if stamp == source.stamp && stamp.changed != 0 {
                continue;
            }
            match Source::read(path, now) {
                Some(read) if read.sha256 == source.sha256 => *source = read,
                _ => return Check::Changed,
            }
            check = Check::Touched;
        }
        check
    }
}

/// What became of the files of a fingerprint.
enum Check {
    Same,
    /// Other times, the same content.
    Touched,
    Changed,
}

impl Source {
    /// Content that no file has.
    const UNKNOWN: Self = Self {
        stamp: Stamp {
            size: 0,
            changed: 0,
        },
        sha256: String::new(),
    };

    fn read(path: &Path, now: SystemTime) -> Option<Self> {
        let metadata = std::fs::metadata(path).ok()?;
        let content = std::fs::read(path).ok()?;
        let mut stamp = Stamp::from(&metadata);
        if !is_settled(&metadata, now) {
            stamp.changed = 0;
        }
        Some(Self {
            stamp,
            sha256: format!("{:x}", Sha256::digest(&content)),
        })
    }
}

impl Stamp {
    fn of(path: &Path) -> Option<Self> {
        Some(Self::from(&std::fs::metadata(path).ok()?))
    }
}

impl From<&Metadata> for Stamp {
    fn from(metadata: &Metadata) -> Self {
        let changed = metadata
            .modified()
            .ok()
            .and_then(|time| time.duration_since(UNIX_EPOCH).ok());
        Self {
            size: metadata.len(),
            changed: changed.map_or(0, |since| since.as_nanos() as u64),
        }
    }
}

fn is_settled(metadata: &Metadata, now: SystemTime) -> bool {
    age(metadata, now).is_some_and(|age| age >= SETTLED)
}

fn changed_before(path: &Path, moment: SystemTime) -> bool {
    let age = std::fs::metadata(path)
        .ok()
        .and_then(|metadata| age(&metadata, moment));
    age.is_some_and(|age| age >= TICK)
}

fn age(metadata: &Metadata, now: SystemTime) -> Option<Duration> {
    now.duration_since(metadata.modified().ok()?).ok()
}

fn stamps(paths: Vec<PathBuf>) -> BTreeMap<PathBuf, Stamp> {
    let stamp = |path: PathBuf| Some((Stamp::of(&path)?, path));
    paths
        .into_iter()
        .filter_map(stamp)
        .map(|(stamp, path)| (path, stamp))
        .collect()
}

/// Every file beneath a folder that may be source. Links are not followed.
pub(super) fn files_in(folder: &Path) -> BTreeSet<PathBuf> {
    let mut files = BTreeSet::new();
    // The same from wherever the command is run.
    let mut folders = vec![std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned())];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            let is_source = |name: &str| !NO_SOURCES.contains(&name);
            match entry.file_type() {
                Ok(kind) if kind.is_file() => _ = files.insert(entry.path()),
                Ok(kind) if kind.is_dir() && entry.file_name().to_str().is_some_and(is_source) => {
                    folders.push(entry.path());
                }
                _ => {}
            }
        }
    }
    files
}

#[cfg(test)]
mod tests {
    use std::fs::{self, File};

    use super::*;

    fn plan(root: &Path) -> Plan {
        Plan {
            recipe: "recipe".to_owned(),
            sources: files_in(&root.join("function")),
            tools: vec![root.join("tool")],
        }
    }

    /// A folder with a source, a component made of it, and their record.
    struct Fixture(PathBuf);

    impl Fixture {
        fn new(name: &str) -> Self {
            let root = std::env::temp_dir().join(format!("sandstep-{name}-{}", std::process::id()));
            let _ = fs::remove_dir_all(&root);
            fs::create_dir_all(root.join("function/src")).unwrap();
            let fixture = Self(root);
            fixture.write("function/src/lib.rs", "one");
            fixture.write("sdk.rs", "sdk");
            fixture.write("component.wasm", "wasm");
            fixture.save();
            fixture
        }

        fn write(&self, path: &str, content: &str) {
            fs::write(self.0.join(path), content).unwrap();
        }

        fn touch(&self, path: &str, age: Duration) {
            let file = File::options()
                .append(true)
                .open(self.0.join(path))
                .unwrap();
            file.set_modified(SystemTime::now() - age).unwrap();
        }

        fn save(&self) {
            self.save_built(SystemTime::now() + SETTLED);
        }

        /// As a build does that began at some time.
        fn save_built(&self, began: SystemTime) {
            Fingerprint::of(plan(&self.0))
                .with_locks(vec![self.0.join("function/Cargo.lock")])
                .with_inputs(vec![self.0.join("sdk.rs")], began)
                .with_absent([self.0.join("sdk.ts")].into())
                .save(&self.0.join("record.json"), &self.0.join("component.wasm"))
                .unwrap();
        }

        fn is_current(&self) -> bool {
            let (record, component) = (self.0.join("record.json"), self.0.join("component.wasm"));
            Fingerprint::is_current(&record, &component, plan(&self.0))
        }
    }

    impl Drop for Fixture {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn untouched_sources_are_current() {
        let fixture = Fixture::new("untouched");
        assert!(fixture.is_current());
        fixture.touch("function/src/lib.rs", Duration::from_secs(60));
        assert!(fixture.is_current(), "another time, the same content");
    }

    #[test]
    fn other_content_is_noticed_whatever_its_time() {
        let fixture = Fixture::new("content");
        fixture.write("function/src/lib.rs", "two");
        assert!(!fixture.is_current());
        fixture.touch("function/src/lib.rs", Duration::from_secs(60));
        assert!(!fixture.is_current());
    }

    #[test]
    fn files_that_come_and_go_are_noticed() {
        let fixture = Fixture::new("files");
        fixture.write("function/src/new.rs", "");
        assert!(!fixture.is_current());
        fixture.save();
        assert!(fixture.is_current());
        fs::remove_file(fixture.0.join("function/src/new.rs")).unwrap();
        assert!(!fixture.is_current());
    }

    #[test]
    fn another_recipe_is_noticed() {
        let fixture = Fixture::new("recipe");
        let (record, component) = (
            fixture.0.join("record.json"),
            fixture.0.join("component.wasm"),
        );
        let other = Plan {
            recipe: "another".to_owned(),
            ..plan(&fixture.0)
        };
        assert!(!Fingerprint::is_current(&record, &component, other));
    }

    #[test]
    fn what_must_not_appear_is_noticed() {
        let fixture = Fixture::new("absent");
        fixture.write("sdk.ts", "");
        assert!(!fixture.is_current());
    }

    #[test]
    fn inputs_tools_and_the_component_count() {
        for path in ["sdk.rs", "tool", "component.wasm"] {
            let fixture = Fixture::new(&format!("inputs-{path}"));
            fixture.write(path, "another");
            assert!(!fixture.is_current(), "{path}");
        }
    }

    #[test]
    fn an_input_that_changed_during_the_build_is_built_again() {
        let fixture = Fixture::new("meanwhile");
        fixture.touch("sdk.rs", Duration::from_secs(10));
        fixture.save_built(SystemTime::now() - Duration::from_secs(60));
        assert!(!fixture.is_current());
        fixture.save_built(SystemTime::now());
        assert!(fixture.is_current());
    }

    #[test]
    fn a_lock_that_the_build_writes_is_current() {
        let fixture = Fixture::new("lock");
        fixture.write("function/Cargo.lock", "");
        assert!(!fixture.is_current());
        fixture.touch("sdk.rs", Duration::from_secs(60));
        fixture.save_built(SystemTime::now() - Duration::from_secs(10));
        assert!(fixture.is_current());
    }

    #[test]
    fn a_time_that_says_nothing_leaves_it_to_the_content() {
        let fixture = Fixture::new("timeless");
        let before_epoch = Duration::from_secs(80 * 365 * 86_400);
        fixture.touch("sdk.rs", before_epoch);
        fixture.save();
        assert!(fixture.is_current());
        fixture.write("sdk.rs", "SDK");
        fixture.touch("sdk.rs", before_epoch);
        assert!(!fixture.is_current());
    }

    #[test]
    fn what_builds_write_is_no_source() {
        let fixture = Fixture::new("target");
        fs::create_dir_all(fixture.0.join("function/target")).unwrap();
        fixture.write("function/target/output", "");
        assert!(fixture.is_current());
    }
}
