namespace Shims.Posix;

/// <summary>The status of a file, as far as a shim needs it. Where the fields are is the system's affair: the other part.</summary>
internal readonly partial struct FileStatus
{
    internal bool IsFile => Kind == 0x8000;

    /// <summary>True if a path leads to it.</summary>
    internal bool HasName => _names > 0;

    internal bool IsDirectory => Kind == 0x4000;

    internal bool IsLink => Kind == 0xA000;

    internal bool IsPipe => Kind == 0x1000;

    internal bool IsSocket => Kind == 0xC000;

    /// <summary>The bits of the mode that chmod(2) sets.</summary>
    internal uint Permissions => (uint)_mode & 0xFFF;

    /// <summary>True if every user may put files there but not remove those of others, as in /tmp.</summary>
    internal bool IsSharedDirectory => IsDirectory && (_mode & 0x202) == 0x202;

    /// <summary>True if every user may make and change names there.</summary>
    internal bool IsWritableByAll => (_mode & 0x2) != 0;

    /// <summary>True if in the directory only the owner of a file, and the directory's own, may change its name, also where others may write to
    /// the directory.</summary>
    internal bool IsSticky => (_mode & 0x200) != 0;

    /// <summary>True if only the owner may do anything with it.</summary>
    internal bool IsPrivate => (_mode & 0x3F) == 0;

    internal bool IsExecutableBySomeone => (_mode & 0x49) != 0;

    /// <summary>True if both are one file, under whatever names.</summary>
    internal bool IsSameFile(in FileStatus other) =>
        Inode == other.Inode && DeviceMajor == other.DeviceMajor && DeviceMinor == other.DeviceMinor;

    /// <summary>True if the file was written or replaced since the other status was taken.</summary>
    internal bool HasChangedSince(in FileStatus earlier) =>
        !IsSameFile(earlier) || Size != earlier.Size || ModifiedSeconds != earlier.ModifiedSeconds || ModifiedNanoseconds != earlier.ModifiedNanoseconds;

    private int Kind => _mode & 0xF000;
}
