using System.Runtime.InteropServices;

namespace Shims.Posix;

// The fields of struct statx.
[StructLayout(LayoutKind.Explicit, Size = 256)]
internal readonly unsafe partial struct FileStatus
{
    /// <summary>Bytes of a struct stat, on the architecture that has the larger one.</summary>
    internal const int OlderSize = 144;

    private const int NamesAt = 16, OwnerAt = 20, ModeAt = 28, InodeAt = 32, SizeAt = 40, SecondsAt = 112, NanosecondsAt = 120, MajorAt = 136, MinorAt = 140;

    [FieldOffset(NamesAt)] private readonly uint _names;
    [FieldOffset(OwnerAt)] internal readonly uint Owner;
    [FieldOffset(ModeAt)] private readonly ushort _mode;
    [FieldOffset(InodeAt)] internal readonly ulong Inode;
    [FieldOffset(SizeAt)] internal readonly long Size;
    [FieldOffset(SecondsAt)] internal readonly long ModifiedSeconds;
    [FieldOffset(NanosecondsAt)] internal readonly uint ModifiedNanoseconds;
    [FieldOffset(MajorAt)] internal readonly uint DeviceMajor;
    [FieldOffset(MinorAt)] internal readonly uint DeviceMinor;

    /// <summary>Makes a status of a struct stat. Linux: arch/x86/include/uapi/asm/stat.h, and for arm64 include/uapi/asm-generic/stat.h.</summary>
    /// <param name="stat">The struct.</param>
    /// <param name="status">Field by field: to copy a struct of this size takes a function that is not there so early. See <see cref="Early.ScgiExec"/>.</param>
    /// <remarks><code>
    ///   x86-64:  device 8, inode 8, names 8,         mode 4, user 4, group 4, unused 4, ...   at 48 size 8, at 88 modified 8 + 8
    ///   arm64:   device 8, inode 8, mode 4, names 4, user 4, group 4,              ...        at 48 size 8, at 88 modified 8 + 8
    /// </code></remarks>
    internal static void Translate(byte* stat, FileStatus* status)
    {
        bool isArm64 = Flags.IsArm64;
        ulong device = *(ulong*)stat;
        var into = (byte*)status;
        *(uint*)(into + NamesAt) = *(uint*)(stat + (isArm64 ? 20 : 16));
        *(uint*)(into + OwnerAt) = *(uint*)(stat + (isArm64 ? 24 : 28));
        *(ushort*)(into + ModeAt) = *(ushort*)(stat + (isArm64 ? 16 : 24));
        *(ulong*)(into + InodeAt) = *(ulong*)(stat + 8);
        *(long*)(into + SizeAt) = *(long*)(stat + 48);
        *(long*)(into + SecondsAt) = *(long*)(stat + 88);
        *(uint*)(into + NanosecondsAt) = *(uint*)(stat + 96);
        // The kernel's new_encode_dev: 12 bits of the major number lie between those of the minor one.
        *(uint*)(into + MajorAt) = (uint)(device >> 8) & 0xFFF;
        *(uint*)(into + MinorAt) = ((uint)device & 0xFF) | ((uint)(device >> 12) & 0xFFF00);
    }
}
