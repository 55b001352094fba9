use delivery::store::{LaneFilter, LaneView, Store, StoreError};

/// One page of a list.
#[derive(Debug)]
pub(crate) struct Page<T> {
    /// As many items as were asked for at the most.
    pub(crate) items: Vec<T>,
    /// What `after` takes for the next page; none on the last one.
    pub(crate) next: Option<String>,
}

impl<T> Page<T> {
    /// Reads one page. `read` is asked for one item more than `limit`: that one is not shown, but where there is none, this is the
    /// last page. `cursor` says what `after` takes to go on behind an item.
    ///
    /// # Errors
    /// Those of `read`.
    pub(crate) async fn read(
        limit: u32,
        read: impl AsyncFnOnce(u32) -> Result<Vec<T>, StoreError>,
        cursor: impl FnOnce(&T) -> String,
    ) -> Result<Self, StoreError> {
        let mut items = read(limit.saturating_add(1)).await?;
        let is_last = items.len() <= limit as usize;
        items.truncate(limit as usize);
        let next = items.last().filter(|_| !is_last).map(cursor);
        Ok(Self { items, next })
    }
}

impl Page<LaneView> {
    /// The page of lanes that a filter chooses.
    ///
    /// # Errors
    /// When the store fails.
    pub(crate) async fn of_lanes(store: &dyn Store, filter: LaneFilter) -> Result<Self, StoreError> {
        let read = async |limit| store.lanes(LaneFilter { limit, ..filter.clone() }).await;
        // A lane that was read has an id.
        let cursor = |lane: &LaneView| lane.row.id.map_or_else(String::new, |id| id.0.to_string());
        Self::read(filter.limit, read, cursor).await
    }
}
