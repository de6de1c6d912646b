//! Operations that answer in pages.

use sandstep_json::{Object, Text, Value};

use super::{CallError, Client};

/// One list, read page by page.
pub(crate) struct Pages<'c> {
    client: &'c Client,
    operation: &'static str,
    /// The member that holds a page's items.
    member: &'static str,
    request: Object,
    next: Next,
}

enum Next {
    First,
    Page(Text),
    None,
}

impl Client {
    /// The items of `member` in all pages that an operation answers. A request
    /// may say `maxResults`, the size of a page.
    pub(crate) fn pages(
        &self,
        operation: &'static str,
        member: &'static str,
        request: Object,
    ) -> Pages<'_> {
        Pages {
            client: self,
            operation,
            member,
            request,
            next: Next::First,
        }
    }
}

impl Pages<'_> {
    /// The items of the next page; `None` after the last.
    pub(crate) async fn next(&mut self) -> Result<Option<Vec<Value>>, CallError> {
        let request = match &self.next {
            Next::None => return Ok(None),
            Next::First => self.request.clone(),
            Next::Page(token) => self.request.with("nextToken", token.clone()),
        };
        let page = self.client.call(self.operation, request).await?;
        let token = page.get("nextToken").and_then(Value::as_text);
        self.next = match token {
            Some(token) => Next::Page(token.clone()),
            None => Next::None,
        };
        let items = page.get(self.member).and_then(Value::as_array);
        Ok(Some(items.map_or_else(Vec::new, |items| items.to_vec())))
    }

    /// All items that are left, at most `limit` of them.
    pub(crate) async fn at_most(mut self, limit: usize) -> Result<Vec<Value>, CallError> {
        let mut items = Vec::new();
        while items.len() < limit
            && let Some(page) = self.next().await?
        {
            items.extend(page);
        }
        items.truncate(limit);
        Ok(items)
    }
}
