namespace Shims.Posix;

// What the runtime knows of a file.
internal readonly partial struct FileStatus
{
    private readonly uint _names;
    private readonly ushort _mode;
    internal readonly uint Owner;
    internal readonly ulong Inode;
    internal readonly long Size;
    internal readonly long ModifiedSeconds;
    internal readonly uint ModifiedNanoseconds;
    internal readonly uint DeviceMajor;
    internal readonly uint DeviceMinor;

    /// <summary>Takes the runtime's status over. How many names a file has is not in it: one.</summary>
    internal FileStatus(in SystemNative.Status status)
    {
        _names = 1;
        _mode = (ushort)status.Mode;
        Owner = status.User;
        Inode = (ulong)status.Inode;
        Size = status.Size;
        ModifiedSeconds = status.Modified;
        ModifiedNanoseconds = (uint)status.ModifiedNanoseconds;
        DeviceMajor = (uint)(status.Device >>> 32);
        DeviceMinor = (uint)status.Device;
    }
}
