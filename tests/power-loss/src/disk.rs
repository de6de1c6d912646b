//! A disk that a record is played back on, and that can lose its power.

use std::{
    collections::{BTreeMap, HashMap},
    path::{Path, PathBuf},
    sync::Arc,
};

use sandstep_tests::random::Random;

use crate::record::Operation;

/// Bytes that are written whole or not at all.
const SECTOR: usize = 512;

/// The files of a disk, by their paths; folders are not among them.
pub type Files = BTreeMap<PathBuf, Vec<u8>>;

/// A disk after some operations of a record.
#[derive(Default)]
pub struct Disk {
    nodes: Vec<Node>,
    /// The names as the process sees them.
    names: BTreeMap<PathBuf, usize>,
    /// The names that last, and what has happened to names since.
    lasting: BTreeMap<PathBuf, usize>,
    renamed: Vec<Naming>,
    handles: HashMap<u64, usize>,
}

/// A file or a folder.
struct Node {
    /// The path, if it is a folder: they are not renamed here.
    folder: Option<PathBuf>,
    /// The bytes that last, and what has happened to them since.
    lasting: Vec<u8>,
    pending: Vec<Change>,
}

#[derive(Clone)]
enum Change {
    Write { offset: usize, data: Arc<[u8]> },
    Length(usize),
}

#[derive(Clone)]
enum Naming {
    Made(PathBuf, usize),
    Removed(PathBuf),
}

impl Naming {
    fn path(&self) -> &Path {
        match self {
            Self::Made(path, _) | Self::Removed(path) => path,
        }
    }

    fn apply(&self, names: &mut BTreeMap<PathBuf, usize>) {
        match self {
            Self::Made(path, node) => names.insert(path.clone(), *node),
            Self::Removed(path) => names.remove(path),
        };
    }
}

/// What the loss of power leaves of what was not synced.
#[derive(Clone, Copy, Debug)]
pub enum Loss {
    /// Nothing.
    Everything,
    /// All of it: what a kill leaves.
    Nothing,
    /// Of a hundred operations so many, whatever came before them.
    KeepOperations(usize),
    /// Of a hundred sectors so many, whatever they were written with.
    KeepSectors(usize),
    /// The first operations of each file, and some sectors of the next one.
    Tear,
    /// The last operations of each file, without those before them.
    KeepLast,
}

impl Loss {
    /// One of them.
    pub fn draw(random: &mut Random) -> Self {
        let percent = [10, 50, 90][random.below(3)];
        match random.below(8) {
            0 => Self::Everything,
            1 => Self::Nothing,
            2 | 3 => Self::KeepOperations(percent),
            4 | 5 => Self::KeepSectors(percent),
            6 => Self::Tear,
            _ => Self::KeepLast,
        }
    }
}

impl Disk {
    /// A disk that has this folder and nothing else.
    pub fn new(folder: &Path) -> Self {
        let mut disk = Self::default();
        disk.make(folder.to_owned(), true);
        disk.lasting = disk.names.clone();
        disk.renamed.clear();
        disk
    }

    /// Does what the process did.
    ///
    /// # Panics
    ///
    /// Panics on an operation that no process can have done.
    pub fn apply(&mut self, operation: &Operation) {
        match operation {
            Operation::Process => self.handles.clear(),
            Operation::Open {
                handle,
                path,
                emptied,
            } => self.open(*handle, path, *emptied),
            Operation::Write {
                handle,
                offset,
                data,
            } => self.change(
                *handle,
                Change::Write {
                    offset: *offset as usize,
                    data: Arc::clone(data),
                },
            ),
            Operation::Truncate { handle, length } => {
                self.change(*handle, Change::Length(*length as usize));
            }
            Operation::Sync { handle } => self.sync(self.handles[handle]),
            Operation::Rename { from, to } => {
                let node = self.names[from];
                self.rename(Naming::Removed(from.clone()));
                self.rename(Naming::Made(to.clone(), node));
            }
            Operation::Unlink(path) => self.rename(Naming::Removed(path.clone())),
            Operation::MakeDirectory(path) => {
                self.make(path.clone(), true);
            }
            Operation::Mark(_) => {}
        }
    }

    fn open(&mut self, handle: u64, path: &Path, emptied: bool) {
        let known = self.names.get(path).copied();
        let node = known.unwrap_or_else(|| self.make(path.to_owned(), false));
        self.handles.insert(handle, node);
        if emptied && known.is_some() {
            self.change(handle, Change::Length(0));
        }
    }

    fn make(&mut self, path: PathBuf, folder: bool) -> usize {
        self.nodes.push(Node {
            folder: folder.then(|| path.clone()),
            lasting: Vec::new(),
            pending: Vec::new(),
        });
        let node = self.nodes.len() - 1;
        self.rename(Naming::Made(path, node));
        node
    }

    fn rename(&mut self, naming: Naming) {
        naming.apply(&mut self.names);
        self.renamed.push(naming);
    }

    fn change(&mut self, handle: u64, change: Change) {
        self.nodes[self.handles[&handle]].pending.push(change);
    }

    fn sync(&mut self, node: usize) {
        let node = &mut self.nodes[node];
        for change in node.pending.drain(..) {
            apply(&mut node.lasting, &change, |_| true);
        }
        let Some(folder) = &node.folder else { return };
        let inside = |naming: &Naming| naming.path().parent() == Some(folder);
        for naming in self.renamed.extract_if(.., |naming| inside(naming)) {
            naming.apply(&mut self.lasting);
        }
    }

    /// The files as the process sees them.
    pub fn files(&self) -> Files {
        let all = |node: &Node| {
            let mut bytes = node.lasting.clone();
            for change in &node.pending {
                apply(&mut bytes, change, |_| true);
            }
            bytes
        };
        self.files_of(&self.names, all)
    }

    /// What is left of the files when the power goes now.
    pub fn lose_power(&self, loss: Loss, random: &mut Random) -> Files {
        let mut names = self.lasting.clone();
        let kept = match loss {
            Loss::Everything => 0,
            Loss::Nothing => 100,
            _ => 50,
        };
        for naming in &self.renamed {
            if random.chance(kept) {
                naming.apply(&mut names);
            }
        }
        self.files_of(&names, |node| node.lose_power(loss, random))
    }

    fn files_of(
        &self,
        names: &BTreeMap<PathBuf, usize>,
        mut bytes: impl FnMut(&Node) -> Vec<u8>,
    ) -> Files {
        let reachable = |path: &Path| {
            path.parent()
                .is_some_and(|folder| names.contains_key(folder))
        };
        let nodes = names.iter().map(|(path, node)| (path, &self.nodes[*node]));
        nodes
            .filter(|(path, node)| node.folder.is_none() && reachable(path))
            .map(|(path, node)| (path.clone(), bytes(node)))
            .collect()
    }
}

impl Node {
    fn lose_power(&self, loss: Loss, random: &mut Random) -> Vec<u8> {
        let mut bytes = self.lasting.clone();
        let turn = random.below(self.pending.len() + 1);
        for (index, change) in self.pending.iter().enumerate() {
            match loss {
                Loss::Everything => {}
                Loss::Nothing => apply(&mut bytes, change, |_| true),
                Loss::KeepOperations(percent) => {
                    let kept = random.chance(percent);
                    apply(&mut bytes, change, |_| kept);
                }
                Loss::KeepSectors(percent) => {
                    apply(&mut bytes, change, |_| random.chance(percent));
                }
                Loss::Tear if index == turn => apply(&mut bytes, change, |_| random.chance(50)),
                Loss::Tear => apply(&mut bytes, change, |_| index < turn),
                Loss::KeepLast => apply(&mut bytes, change, |_| index >= turn),
            }
        }
        // The length may last although what was to fill it does not.
        if random.chance(25) {
            let ends = self.pending.iter().map(Change::end);
            let length = ends.collect::<Option<Vec<_>>>().into_iter().flatten().max();
            bytes.resize(bytes.len().max(length.unwrap_or(0)), 0);
        }
        bytes
    }
}

impl Change {
    /// How long a file is at least after a write.
    fn end(&self) -> Option<usize> {
        match self {
            Self::Write { offset, data } => Some(offset + data.len()),
            Self::Length(_) => None,
        }
    }
}

/// Makes those parts of a change that are kept: for a write its sectors, by
/// their numbers.
fn apply(bytes: &mut Vec<u8>, change: &Change, mut kept: impl FnMut(usize) -> bool) {
    match change {
        Change::Length(length) => {
            if kept(0) {
                bytes.resize(*length, 0);
            }
        }
        Change::Write { offset, data } => {
            let end = offset + data.len();
            for sector in offset / SECTOR..end.div_ceil(SECTOR) {
                if kept(sector) {
                    let from = (sector * SECTOR).max(*offset);
                    let to = ((sector + 1) * SECTOR).min(end);
                    write(bytes, from, &data[from - offset..to - offset]);
                }
            }
        }
    }
}

fn write(bytes: &mut Vec<u8>, at: usize, data: &[u8]) {
    let end = at + data.len();
    if bytes.len() < end {
        bytes.resize(end, 0);
    }
    bytes[at..end].copy_from_slice(data);
}
