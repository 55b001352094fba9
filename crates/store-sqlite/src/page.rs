use std::ops::Range;

/// The page size of every database that this program makes, in bytes.
pub(crate) const PAGE: usize = 4096;

/// The unallocated region of a B-tree page (file format, section 1.6); none for any other page.
pub(crate) fn unallocated(page: &[u8; PAGE], number: u32) -> Option<Range<usize>> {
    let at = if number == 1 { 100 } else { 0 };
    let header = match page[at] {
        2 | 5 => 12,
        10 | 13 => 8,
        _ => return None,
    };
    let number_at = |at: usize| usize::from(u16::from_be_bytes([page[at], page[at + 1]]));
    let pointers = at + header;
    let end_of_pointers = pointers + 2 * number_at(at + 3);
    let content = number_at(at + 5);
    if content > PAGE || end_of_pointers > content {
        return None;
    }
    // What does not look like a page through and through is left alone.
    let fits = |at: usize| (content..PAGE).contains(&number_at(at));
    (pointers..end_of_pointers).step_by(2).all(fits).then_some(end_of_pointers..content)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leaf(cells: u16, content: u16) -> [u8; PAGE] {
        let mut page = [0xAA; PAGE];
        page[0] = 13;
        page[3..5].copy_from_slice(&cells.to_be_bytes());
        page[5..7].copy_from_slice(&content.to_be_bytes());
        for cell in 0..usize::from(cells) {
            page[8 + 2 * cell..10 + 2 * cell].copy_from_slice(&content.to_be_bytes());
        }
        page
    }

    #[test]
    fn the_middle_lies_between_the_pointers_and_the_content() {
        assert_eq!(unallocated(&leaf(3, 4000), 2), Some(14..4000));
        assert_eq!(unallocated(&leaf(0, 4096), 2), Some(8..4096));
    }

    #[test]
    fn what_is_no_sound_page_is_left_alone() {
        let mut overflow = leaf(3, 4000);
        overflow[0] = 0;
        assert_eq!(unallocated(&overflow, 2), None);
        assert_eq!(unallocated(&leaf(3, 10), 2), None);
        assert_eq!(unallocated(&leaf(3, 5000), 2), None);
        let mut astray = leaf(3, 4000);
        astray[8..10].copy_from_slice(&100_u16.to_be_bytes());
        assert_eq!(unallocated(&astray, 2), None);
    }
}
