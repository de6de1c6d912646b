//! What can be seen of a store in the tests' small world.

use std::fmt::Debug;

use sandstep_journal::{
    Answer, Blob, Catalog, CatalogQuery, Digest, DueQuery, Error, ExecutionId, HistoryQuery,
    Journal, Key, Kind, ListQuery, Order, PageToken, Status,
};

pub(crate) trait Store: Journal + Catalog {}
impl<T: Journal + Catalog> Store for T {}

/// One of the five payloads that there are.
pub(crate) fn blob(number: u8) -> Blob {
    Blob::new(vec![number; 10_000])
}

/// Everything that the traits tell, whole and in pages.
pub(crate) fn look(store: &dyn Store) -> Result<Vec<String>, Error> {
    let mut seen = Vec::new();
    for name in 0..12 {
        let found = store.find(&format!("execution:{name}")).wait()?;
        if let Some(found) = found {
            seen.push(show(store.load(found.id))?);
            seen.extend(histories(store, found.id)?);
        }
    }
    seen.extend(lists(store)?);
    seen.extend(dues(store)?);
    for queue in ["activity:0", "activity:1", "activity:2"] {
        seen.push(show(store.waiting(queue, 3))?);
    }
    for number in 0..5 {
        let bytes = store.blob(blob(number).digest()).wait()?;
        seen.push(format!("{:?}", bytes.as_deref().map(Digest::of)));
    }
    seen.extend(entries(store)?);
    Ok(seen)
}

fn show<T: Debug>(answer: Answer<T>) -> Result<String, Error> {
    Ok(format!("{:?}", answer.wait()?))
}

fn histories(store: &dyn Store, execution: ExecutionId) -> Result<Vec<String>, Error> {
    let orders = [Order::Forward, Order::Backward];
    let queries = orders.into_iter().flat_map(|order| {
        [0, 1, 2, 4, u64::MAX].map(|from| HistoryQuery {
            execution,
            from,
            order,
            limit: 3,
        })
    });
    queries.map(|query| show(store.history(query))).collect()
}

fn lists(store: &dyn Store) -> Result<Vec<String>, Error> {
    let either = vec![Status::Failed, Status::Succeeded, Status::Failed];
    let filters = [
        ("machine", vec![], None),
        ("machine", vec![Status::Running], None),
        ("alias", either, None),
        ("version", vec![], Some(true)),
        ("version", vec![], Some(false)),
        ("nothing", vec![], None),
    ];
    let mut seen = Vec::new();
    for (group, statuses, redriven) in filters {
        let mut query = ListQuery {
            group: group.to_owned(),
            statuses,
            redriven,
            newer_than: None,
            after: None,
            limit: 2,
        };
        loop {
            let page = Journal::list(store, query.clone()).wait()?;
            seen.push(format!("{page:?}"));
            let Some(next) = page.next else { break };
            query.after = Some(next);
        }
        query.after = Some(PageToken(ExecutionId(3)));
        seen.push(show(Journal::list(store, query.clone()))?);
        query.after = None;
        query.newer_than = Some(ExecutionId(2));
        seen.push(show(Journal::list(store, query))?);
    }
    Ok(seen)
}

fn dues(store: &dyn Store) -> Result<Vec<String>, Error> {
    let mut query = DueQuery {
        after: None,
        until: 40,
        limit: 2,
    };
    let mut seen = Vec::new();
    loop {
        let page = store.due(query).wait()?;
        seen.push(format!("{page:?}"));
        let Some(last) = page.last() else {
            return Ok(seen);
        };
        query.after = Some(*last);
    }
}

fn entries(store: &dyn Store) -> Result<Vec<String>, Error> {
    let mut seen = Vec::new();
    for kind in Kind::ALL {
        for prefix in ["", "a", "ac", "x"] {
            for after in [None, Some(""), Some("ab")] {
                let query = CatalogQuery {
                    kind,
                    prefix: prefix.to_owned(),
                    after: after.map(str::to_owned),
                    limit: 3,
                };
                seen.push(show(Catalog::list(store, query))?);
            }
        }
        let name = "ab".to_owned();
        seen.push(show(store.get(&Key { kind, name }))?);
    }
    Ok(seen)
}
