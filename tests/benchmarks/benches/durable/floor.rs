//! The floor: a file that is appended to, and synced once for each group of what waits.

use std::{
    fs::File,
    io::Write,
    path::Path,
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use tokio::sync::oneshot;

/// A thread that appends whatever waits, syncs, and answers.
pub(crate) struct AppendOnly(mpsc::Sender<(Vec<u8>, oneshot::Sender<()>)>);

impl AppendOnly {
    pub(crate) fn new(path: &Path) -> Self {
        let mut file = File::create(path).expect("the folder can be written to");
        let (sender, receiver) = mpsc::channel::<(Vec<u8>, oneshot::Sender<()>)>();
        thread::spawn(move || {
            while let Ok(first) = receiver.recv() {
                let group: Vec<_> = std::iter::once(first).chain(receiver.try_iter()).collect();
                let bytes: Vec<u8> = group.iter().flat_map(|(bytes, _)| bytes).copied().collect();
                append(&mut file, &bytes);
                for (_, answer) in group {
                    // Every client waits for its answer.
                    let _ = answer.send(());
                }
            }
        });
        Self(sender)
    }

    /// Appends so many bytes, and waits until they are synced.
    pub(crate) async fn commit(&self, bytes: usize) {
        let (answer, answered) = oneshot::channel();
        let sent = self.0.send((vec![b'e'; bytes], answer));
        sent.expect("the thread lasts as long as the sender");
        answered.await.expect("every commit is answered");
    }
}

fn append(file: &mut File, bytes: &[u8]) {
    file.write_all(bytes).expect("the disk has room");
    file.sync_data().expect("the disk works");
}

/// How long the disk takes to sync one page that was appended, as a median.
pub(crate) fn sync_median(path: &Path) -> Duration {
    let mut file = File::create(path).expect("the folder can be written to");
    let mut times: Vec<Duration> = (0..101)
        .map(|_| {
            let started = Instant::now();
            append(&mut file, &[0; 4096]);
            started.elapsed()
        })
        .collect();
    times.sort();
    times[times.len() / 2]
}
