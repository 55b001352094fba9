use std::path::{Path, PathBuf};

/// The kind of the network file system that `path` lies on; none for a local one, or where the system does not tell.
pub(crate) fn network_fs(path: &Path) -> Option<String> {
    let mounts = std::fs::read_to_string("/proc/mounts").ok()?;
    let path = path.canonicalize().ok()?;
    let kind = kind_of(&mounts, &path)?;
    is_network(&kind).then_some(kind)
}

fn is_network(kind: &str) -> bool {
    matches!(kind, "nfs" | "nfs4" | "cifs" | "smb3" | "smbfs" | "9p" | "afs" | "ceph")
        || kind.starts_with("fuse")
}

/// The kind of the file system with the longest mount point above `path`; of equal ones the last, which hides the others.
fn kind_of(mounts: &str, path: &Path) -> Option<String> {
    let mut best: Option<(usize, &str)> = None;
    for line in mounts.lines() {
        let mut columns = line.split(' ');
        let (Some(_), Some(point), Some(kind)) = (columns.next(), columns.next(), columns.next()) else {
            continue;
        };
        let point = unescape(point);
        let length = point.as_os_str().len();
        if path.starts_with(&point) && best.is_none_or(|(longest, _)| length >= longest) {
            best = Some((length, kind));
        }
    }
    best.map(|(_, kind)| kind.to_owned())
}

/// Blanks and the like are written as octal escapes (proc(5)).
fn unescape(point: &str) -> PathBuf {
    let plain =
        point.replace("\\040", " ").replace("\\011", "\t").replace("\\012", "\n").replace("\\134", "\\");
    PathBuf::from(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOUNTS: &str = "/dev/sda1 / ext4 rw 0 0\nserver:/x /srv nfs4 rw 0 0\ntmpfs /srv/fast tmpfs rw 0 0\n\
                          x /my\\040disk fuse.sshfs rw 0 0\n";

    #[test]
    fn the_nearest_mount_point_decides() {
        let kind = |path: &str| kind_of(MOUNTS, Path::new(path)).expect("the root is a mount point");
        assert_eq!(kind("/home/a.db"), "ext4");
        assert_eq!(kind("/srv/a.db"), "nfs4");
        assert_eq!(kind("/srv/fast/a.db"), "tmpfs");
        assert_eq!(kind("/srvx/a.db"), "ext4");
        assert_eq!(kind("/my disk/a.db"), "fuse.sshfs");
    }

    #[test]
    fn network_and_fuse_file_systems_are_told_from_local_ones() {
        assert!(["nfs", "nfs4", "cifs", "smb3", "9p", "fuse.sshfs", "fuseblk"].into_iter().all(is_network));
        assert!(!["ext4", "xfs", "tmpfs", "overlay", "btrfs"].into_iter().any(is_network));
    }
}
