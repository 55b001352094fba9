//! The passage between SQLite and the safe rest: the only unsafe code.

use std::{
    ffi::{CStr, OsStr, c_char, c_int, c_void},
    mem::size_of,
    os::unix::ffi::OsStrExt,
    path::Path,
    ptr,
    sync::{Arc, OnceLock},
};

use rusqlite::ffi::{self, sqlite3_file, sqlite3_int64, sqlite3_io_methods, sqlite3_vfs};

use crate::{
    disk::{self, Habit, Inner},
    effect::{FileId, Kind},
    slow,
};

const NAME: &CStr = c"shim";
/// The lock that a writer holds in shared memory (<https://sqlite.org/walformat.html>, section 2.3.1).
const WRITE_LOCK: c_int = 0;

/// What SQLite knows as one open file. The file of the usual VFS follows it in memory.
#[repr(C)]
struct ShimFile {
    base: sqlite3_file,
    /// From `Box::into_raw`; null when nobody watches the file.
    watcher: *mut Watcher,
}

enum Watcher {
    Disk(Watched),
    Slow(Arc<slow::Inner>),
}

struct Watched {
    disk: Arc<Inner>,
    file: FileId,
    is_database: bool,
    /// Whether the next synchronisation makes the names durable, too: the VFS of Unix does so once for each log it opens.
    syncs_names: bool,
}

struct Usual(*mut sqlite3_vfs);

// SAFETY: SQLite's VFS objects are made to be used from any thread, and this one lives as long as the process.
unsafe impl Send for Usual {}
// SAFETY: as above; its fields are never written.
unsafe impl Sync for Usual {}

static USUAL: OnceLock<Usual> = OnceLock::new();

/// Registers the VFS for the life of the process, once however often it is called, and answers its name.
///
/// # Panics
/// When SQLite does not take it.
pub fn register() -> &'static str {
    USUAL.get_or_init(|| {
        // SAFETY: SQLite can be initialised at any time and any number of times; null asks for the default VFS.
        let usual = unsafe {
            ffi::sqlite3_initialize();
            ffi::sqlite3_vfs_find(ptr::null())
        };
        assert!(!usual.is_null(), "SQLite has a default VFS");
        // SAFETY: it was just found, and SQLite does not free it.
        let usual_vfs = unsafe { *usual };
        let own = size_of::<ShimFile>() as c_int;
        // The other functions of the VFS of Unix do not look at the VFS that they are called with.
        let shim = Box::new(sqlite3_vfs {
            szOsFile: own + usual_vfs.szOsFile,
            pNext: ptr::null_mut(),
            zName: NAME.as_ptr(),
            pAppData: ptr::null_mut(),
            xOpen: Some(open),
            xDelete: Some(delete),
            ..usual_vfs
        });
        // SAFETY: the object is leaked and so lives as long as the process.
        let code = unsafe { ffi::sqlite3_vfs_register(Box::into_raw(shim), 0) };
        assert_eq!(code, ffi::SQLITE_OK, "SQLite takes the VFS");
        Usual(usual)
    });
    "shim"
}

/// As [`register`], and makes it the VFS of every connection that names none.
///
/// # Panics
/// When SQLite does not take it.
pub fn register_as_default() {
    register();
    // SAFETY: a VFS that was registered is found by its name, and may be registered again to become the default.
    let code = unsafe { ffi::sqlite3_vfs_register(ffi::sqlite3_vfs_find(NAME.as_ptr()), 1) };
    assert_eq!(code, ffi::SQLITE_OK, "SQLite takes the VFS as its default");
}

fn usual() -> *mut sqlite3_vfs {
    USUAL.get().map_or(ptr::null_mut(), |usual| usual.0)
}

static METHODS: sqlite3_io_methods = sqlite3_io_methods {
    // Version 2 has no memory-mapped reads, which would pass the shim by.
    iVersion: 2,
    xClose: Some(close),
    xRead: Some(read),
    xWrite: Some(write),
    xTruncate: Some(truncate),
    xSync: Some(sync),
    xFileSize: Some(file_size),
    xLock: Some(lock),
    xUnlock: Some(unlock),
    xCheckReservedLock: Some(check_reserved_lock),
    xFileControl: Some(file_control),
    xSectorSize: Some(sector_size),
    xDeviceCharacteristics: Some(device_characteristics),
    xShmMap: Some(shm_map),
    xShmLock: Some(shm_lock),
    xShmBarrier: Some(shm_barrier),
    xShmUnmap: Some(shm_unmap),
    xFetch: None,
    xUnfetch: None,
};

/// The usual file that follows ours.
///
/// # Safety
/// `file` was opened by [`open`].
unsafe fn real(file: *mut sqlite3_file) -> *mut sqlite3_file {
    // SAFETY: SQLite allocates `szOsFile` bytes, which is both sizes together.
    unsafe { file.cast::<u8>().add(size_of::<ShimFile>()).cast() }
}

/// # Safety
/// `file` was opened by [`open`], and SQLite uses it on one thread at a time, as it promises of every file.
unsafe fn watcher<'a>(file: *mut sqlite3_file) -> Option<&'a mut Watcher> {
    // SAFETY: see above; the pointer is null or came from a `Box`.
    unsafe { (*file.cast::<ShimFile>()).watcher.as_mut() }
}

/// # Safety
/// As [`watcher`].
unsafe fn watched<'a>(file: *mut sqlite3_file) -> Option<&'a mut Watched> {
    // SAFETY: the caller's promise.
    match unsafe { watcher(file) } {
        Some(Watcher::Disk(watched)) => Some(watched),
        _ => None,
    }
}

/// Passes a call on to the usual file.
macro_rules! pass {
    ($file:expr, $method:ident $(, $argument:expr)*) => {
        // SAFETY: the file was opened by `open`, which opened the usual file, too; the arguments are SQLite's own.
        unsafe {
            let real = real($file);
            match (*(*real).pMethods).$method {
                Some(method) => method(real $(, $argument)*),
                None => ffi::SQLITE_MISUSE,
            }
        }
    };
}

unsafe extern "C" fn open(
    _: *mut sqlite3_vfs,
    name: *const c_char,
    file: *mut sqlite3_file,
    flags: c_int,
    out: *mut c_int,
) -> c_int {
    // SAFETY: SQLite gives a null pointer or a path that it keeps while the file is open.
    let path =
        (!name.is_null()).then(|| Path::new(OsStr::from_bytes(unsafe { CStr::from_ptr(name) }.to_bytes())));
    let place = path.and_then(disk::find);
    let slow = path.and_then(slow::find);
    let usual = usual();
    // SAFETY: SQLite gives room for `szOsFile` bytes, of which ours come first; a file without methods is not closed.
    let code = unsafe {
        (*file).pMethods = ptr::null();
        (*file.cast::<ShimFile>()).watcher = ptr::null_mut();
        (*real(file)).pMethods = ptr::null();
        match (*usual).xOpen {
            Some(open) => open(usual, name, real(file), flags, out),
            None => ffi::SQLITE_MISUSE,
        }
    };
    if code != ffi::SQLITE_OK {
        return code;
    }
    let logs = ffi::SQLITE_OPEN_WAL | ffi::SQLITE_OPEN_MAIN_JOURNAL | ffi::SQLITE_OPEN_SUPER_JOURNAL;
    let watched = place.map(|(disk, name)| {
        let file = disk.lock().opened(&name);
        let is_database = flags & ffi::SQLITE_OPEN_MAIN_DB != 0;
        let syncs_names = flags & ffi::SQLITE_OPEN_CREATE != 0 && flags & logs != 0;
        Watcher::Disk(Watched { disk, file, is_database, syncs_names })
    });
    let watcher = watched.or(slow.map(Watcher::Slow)).map(|watcher| Box::into_raw(Box::new(watcher)));
    // SAFETY: as above; the usual file is open, so ours may be, too.
    unsafe {
        (*file.cast::<ShimFile>()).watcher = watcher.unwrap_or(ptr::null_mut());
        (*file).pMethods = &raw const METHODS;
    }
    code
}

unsafe extern "C" fn delete(_: *mut sqlite3_vfs, name: *const c_char, sync_names: c_int) -> c_int {
    // SAFETY: SQLite gives a path.
    let path = Path::new(OsStr::from_bytes(unsafe { CStr::from_ptr(name) }.to_bytes()));
    let place = disk::find(path);
    let mut state = place.as_ref().map(|(disk, name)| (disk.lock(), name));
    let usual = usual();
    // SAFETY: the usual VFS with SQLite's own arguments.
    let code = unsafe {
        match (*usual).xDelete {
            Some(delete) => delete(usual, name, sync_names),
            None => ffi::SQLITE_MISUSE,
        }
    };
    if let Some((state, name)) = &mut state
        && code == ffi::SQLITE_OK
    {
        state.deleted(name);
        if sync_names & 1 != 0 {
            state.directory_synced();
        }
    }
    code
}

unsafe extern "C" fn close(file: *mut sqlite3_file) -> c_int {
    // SAFETY: the pointer is null or came from `Box::into_raw`, and is set to null so that it is freed once.
    unsafe {
        let shim = file.cast::<ShimFile>();
        let watcher = std::mem::replace(&mut (*shim).watcher, ptr::null_mut());
        if !watcher.is_null() {
            drop(Box::from_raw(watcher));
        }
    }
    pass!(file, xClose)
}

unsafe extern "C" fn write(
    file: *mut sqlite3_file,
    bytes: *const c_void,
    length: c_int,
    offset: sqlite3_int64,
) -> c_int {
    // SAFETY: SQLite opened the file with `open`.
    let Some(watched) = (unsafe { watched(file) }) else { return pass!(file, xWrite, bytes, length, offset) };
    let mut state = watched.disk.lock();
    let fault = state.strike(Kind::Write);
    // A write that fails has often done something before.
    let done = if fault.is_some() { length / 2 } else { length };
    let code = if done > 0 { pass!(file, xWrite, bytes, done, offset) } else { ffi::SQLITE_OK };
    if code == ffi::SQLITE_OK {
        // SAFETY: SQLite gives `length` bytes, of which these are the first.
        let written =
            unsafe { std::slice::from_raw_parts(bytes.cast::<u8>(), usize::try_from(done).unwrap_or(0)) };
        state.wrote(watched.file, offset.cast_unsigned(), written);
    }
    fault.unwrap_or(code)
}

unsafe extern "C" fn truncate(file: *mut sqlite3_file, size: sqlite3_int64) -> c_int {
    // SAFETY: SQLite opened the file with `open`.
    let Some(watched) = (unsafe { watched(file) }) else { return pass!(file, xTruncate, size) };
    let mut state = watched.disk.lock();
    if let Some(code) = state.strike(Kind::Truncate) {
        return code;
    }
    let code = pass!(file, xTruncate, size);
    if code == ffi::SQLITE_OK {
        state.truncated(watched.file, size.cast_unsigned());
    }
    code
}

unsafe extern "C" fn sync(file: *mut sqlite3_file, flags: c_int) -> c_int {
    // SAFETY: SQLite opened the file with `open`.
    let watched = match unsafe { watcher(file) } {
        Some(Watcher::Disk(watched)) => watched,
        Some(Watcher::Slow(disk)) => return disk.sync(|| pass!(file, xSync, flags)),
        None => return pass!(file, xSync, flags),
    };
    let mut state = watched.disk.lock();
    if let Some(code) = state.strike(Kind::Sync) {
        state.sync_failed(watched.file);
        return code;
    }
    if watched.disk.habit() == Habit::LiesAboutSync {
        return ffi::SQLITE_OK;
    }
    state.synced(watched.file);
    if std::mem::take(&mut watched.syncs_names) {
        state.directory_synced();
    }
    ffi::SQLITE_OK
}

unsafe extern "C" fn shm_lock(file: *mut sqlite3_file, offset: c_int, count: c_int, flags: c_int) -> c_int {
    let lets_go = flags == ffi::SQLITE_SHM_UNLOCK | ffi::SQLITE_SHM_EXCLUSIVE;
    // SAFETY: SQLite opened the file with `open`.
    if let Some(watched) = unsafe { watched(file) }
        && watched.is_database
        && lets_go
        && offset == WRITE_LOCK
    {
        notice_writes_beside(file, watched);
    }
    pass!(file, xShmLock, offset, count, flags)
}

/// While the write lock is held, the store may have written to the database without SQLite.
fn notice_writes_beside(file: *mut sqlite3_file, watched: &Watched) {
    let mut state = watched.disk.lock();
    let mut size: sqlite3_int64 = 0;
    if pass!(file, xFileSize, &raw mut size) != ffi::SQLITE_OK {
        return;
    }
    let mut content = vec![0_u8; usize::try_from(size).unwrap_or(0)];
    let length = c_int::try_from(size).unwrap_or(0);
    if pass!(file, xRead, content.as_mut_ptr().cast(), length, 0) == ffi::SQLITE_OK {
        state.written_beside(watched.file, &content);
    }
}

unsafe extern "C" fn file_control(file: *mut sqlite3_file, op: c_int, argument: *mut c_void) -> c_int {
    // SAFETY: SQLite opened the file with `open`.
    let careless = unsafe { watched(file) }.is_some_and(|watched| watched.disk.habit() == Habit::Careless);
    if careless && op == ffi::SQLITE_FCNTL_PRAGMA {
        // SAFETY: for this operation SQLite gives an array of three strings (<https://sqlite.org/c3ref/c_fcntl_begin_atomic_write.html>).
        if let Some(code) = unsafe { loosen(argument.cast::<*mut c_char>()) } {
            return code;
        }
    }
    pass!(file, xFileControl, op, argument)
}

/// Turns `PRAGMA synchronous=FULL` into `synchronous=1`, which is NORMAL, and answers 2 when it is asked for.
///
/// # Safety
/// `words` are the three strings of `SQLITE_FCNTL_PRAGMA`: room for an answer, the name, and the value or null.
unsafe fn loosen(words: *mut *mut c_char) -> Option<c_int> {
    // SAFETY: see above. The value is a copy that SQLite made of its statement for this call and reads afterwards; two bytes of
    // its four are overwritten. The answer is freed by SQLite, and so must be of its own allocator.
    unsafe {
        if CStr::from_ptr(*words.add(1)).to_bytes() != b"synchronous" {
            return None;
        }
        let value = *words.add(2);
        if value.is_null() {
            let answer = ffi::sqlite3_malloc(2).cast::<c_char>();
            if answer.is_null() {
                return Some(ffi::SQLITE_NOMEM);
            }
            ptr::copy_nonoverlapping(c"2".as_ptr(), answer, 2);
            *words = answer;
            return Some(ffi::SQLITE_OK);
        }
        if CStr::from_ptr(value).to_bytes() == b"FULL" {
            ptr::copy_nonoverlapping(c"1".as_ptr(), value, 2);
        }
        None
    }
}

/// Functions that only pass the call on.
macro_rules! passing {
    ($($name:ident => $method:ident($($argument:ident: $type:ty),*);)*) => {
        $(unsafe extern "C" fn $name(file: *mut sqlite3_file $(, $argument: $type)*) -> c_int {
            pass!(file, $method $(, $argument)*)
        })*
    };
}

passing! {
    read => xRead(to: *mut c_void, length: c_int, offset: sqlite3_int64);
    file_size => xFileSize(size: *mut sqlite3_int64);
    lock => xLock(level: c_int);
    unlock => xUnlock(level: c_int);
    check_reserved_lock => xCheckReservedLock(answer: *mut c_int);
    sector_size => xSectorSize();
    device_characteristics => xDeviceCharacteristics();
    shm_map => xShmMap(page: c_int, size: c_int, extend: c_int, to: *mut *mut c_void);
    shm_unmap => xShmUnmap(delete: c_int);
}

unsafe extern "C" fn shm_barrier(file: *mut sqlite3_file) {
    // SAFETY: the file was opened by `open`, which opened the usual file, too.
    unsafe {
        let real = real(file);
        if let Some(barrier) = (*(*real).pMethods).xShmBarrier {
            barrier(real);
        }
    }
}
