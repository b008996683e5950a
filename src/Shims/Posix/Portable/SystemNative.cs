using System.Runtime.InteropServices;

namespace Shims.Posix;

/// <summary>The functions of libSystem.Native that the .NET runtime itself calls, as .NET 10 declares them: the one part of a portable build that a new version of .NET may change.</summary>
/// <remarks>
/// They are not public. SystemNativeTests compares each with what the runtime's own assemblies import. Numbers are the runtime's own, the same on every system
/// (<see cref="Errno"/>). Functions that return <c>error</c> give the reason of a failure; the others return -1, and the reason is in the thread's errno.
/// </remarks>
internal static unsafe partial class SystemNative
{
    private const string Library = "libSystem.Native";

    [LibraryImport(Library, EntryPoint = "SystemNative_ConvertErrorPlatformToPal")]
    internal static partial int ConvertErrorPlatformToPal(int platformError);

    [LibraryImport(Library, EntryPoint = "SystemNative_GetCryptographicallySecureRandomBytes")]
    internal static partial int GetCryptographicallySecureRandomBytes(byte* buffer, int length);

    [LibraryImport(Library, EntryPoint = "SystemNative_GetPid")]
    internal static partial int GetPid();

    [LibraryImport(Library, EntryPoint = "SystemNative_GetEUid")]
    internal static partial uint GetEUid();

    [LibraryImport(Library, EntryPoint = "SystemNative_GetEGid")]
    internal static partial uint GetEGid();

    [LibraryImport(Library, EntryPoint = "SystemNative_GetGroups", SetLastError = true)]
    internal static partial int GetGroups(int count, uint* groups);

    // Files, by their names.

    [LibraryImport(Library, EntryPoint = "SystemNative_Open", SetLastError = true)]
    internal static partial nint Open(byte* path, int flags, int mode);

    [LibraryImport(Library, EntryPoint = "SystemNative_Access", SetLastError = true)]
    internal static partial int Access(byte* path, int mode);

    [LibraryImport(Library, EntryPoint = "SystemNative_Stat", SetLastError = true)]
    internal static partial int Stat(byte* path, Status* status);

    [LibraryImport(Library, EntryPoint = "SystemNative_LStat", SetLastError = true)]
    internal static partial int LStat(byte* path, Status* status);

    [LibraryImport(Library, EntryPoint = "SystemNative_ReadLink", SetLastError = true)]
    internal static partial int ReadLink(byte* path, byte* buffer, int size);

    [LibraryImport(Library, EntryPoint = "SystemNative_MkDir", SetLastError = true)]
    internal static partial int MkDir(byte* path, int mode);

    [LibraryImport(Library, EntryPoint = "SystemNative_Unlink", SetLastError = true)]
    internal static partial int Unlink(byte* path);

    [LibraryImport(Library, EntryPoint = "SystemNative_Rename", SetLastError = true)]
    internal static partial int Rename(byte* path, byte* newPath);

    [LibraryImport(Library, EntryPoint = "SystemNative_Link", SetLastError = true)]
    internal static partial int Link(byte* path, byte* newPath);

    [LibraryImport(Library, EntryPoint = "SystemNative_ChMod", SetLastError = true)]
    internal static partial int ChMod(byte* path, int mode);

    [LibraryImport(Library, EntryPoint = "SystemNative_OpenDir", SetLastError = true)]
    internal static partial nint OpenDir(byte* path);

    [LibraryImport(Library, EntryPoint = "SystemNative_ReadDir")]
    internal static partial int ReadDir(nint directory, Entry* entry);

    [LibraryImport(Library, EntryPoint = "SystemNative_CloseDir")]
    internal static partial int CloseDir(nint directory);

    // Files that are open.

    [LibraryImport(Library, EntryPoint = "SystemNative_Close")]
    internal static partial int Close(nint descriptor);

    [LibraryImport(Library, EntryPoint = "SystemNative_Dup", SetLastError = true)]
    internal static partial nint Dup(nint descriptor);

    [LibraryImport(Library, EntryPoint = "SystemNative_Read", SetLastError = true)]
    internal static partial int Read(nint descriptor, byte* buffer, int count);

    [LibraryImport(Library, EntryPoint = "SystemNative_Write", SetLastError = true)]
    internal static partial int Write(nint descriptor, byte* buffer, int count);

    [LibraryImport(Library, EntryPoint = "SystemNative_PRead", SetLastError = true)]
    internal static partial int PRead(nint descriptor, byte* buffer, int count, long offset);

    [LibraryImport(Library, EntryPoint = "SystemNative_PWrite", SetLastError = true)]
    internal static partial int PWrite(nint descriptor, byte* buffer, int count, long offset);

    [LibraryImport(Library, EntryPoint = "SystemNative_LSeek", SetLastError = true)]
    internal static partial long LSeek(nint descriptor, long offset, int whence);

    [LibraryImport(Library, EntryPoint = "SystemNative_FTruncate", SetLastError = true)]
    internal static partial int FTruncate(nint descriptor, long length);

    [LibraryImport(Library, EntryPoint = "SystemNative_FStat", SetLastError = true)]
    internal static partial int FStat(nint descriptor, Status* status);

    [LibraryImport(Library, EntryPoint = "SystemNative_FChMod", SetLastError = true)]
    internal static partial int FChMod(nint descriptor, int mode);

    [LibraryImport(Library, EntryPoint = "SystemNative_FLock", SetLastError = true)]
    internal static partial int FLock(nint descriptor, int operation);

    [LibraryImport(Library, EntryPoint = "SystemNative_LockFileRegion", SetLastError = true)]
    internal static partial int LockFileRegion(nint descriptor, long offset, long length, short type);

    [LibraryImport(Library, EntryPoint = "SystemNative_FcntlGetFD", SetLastError = true)]
    internal static partial int FcntlGetFD(nint descriptor);

    [LibraryImport(Library, EntryPoint = "SystemNative_FcntlSetFD", SetLastError = true)]
    internal static partial int FcntlSetFD(nint descriptor, int flags);

    [LibraryImport(Library, EntryPoint = "SystemNative_FcntlSetIsNonBlocking", SetLastError = true)]
    internal static partial int FcntlSetIsNonBlocking(nint descriptor, int isNonBlocking);

    [LibraryImport(Library, EntryPoint = "SystemNative_IsATty")]
    internal static partial int IsATty(nint descriptor);

    [LibraryImport(Library, EntryPoint = "SystemNative_GetWindowSize", SetLastError = true)]
    internal static partial int GetWindowSize(nint terminal, WindowSize* size);

    [LibraryImport(Library, EntryPoint = "SystemNative_Pipe", SetLastError = true)]
    internal static partial int Pipe(int* ends, int flags);

    [LibraryImport(Library, EntryPoint = "SystemNative_FcntlCanGetSetPipeSz")]
    internal static partial int FcntlCanGetSetPipeSz();

    [LibraryImport(Library, EntryPoint = "SystemNative_FcntlSetPipeSz", SetLastError = true)]
    internal static partial int FcntlSetPipeSz(nint pipe, int size);

    [LibraryImport(Library, EntryPoint = "SystemNative_IsMemfdSupported")]
    internal static partial int IsMemfdSupported();

    [LibraryImport(Library, EntryPoint = "SystemNative_MemfdCreate", SetLastError = true)]
    internal static partial nint MemfdCreate(byte* name, int isReadOnly);

    // Processes.

    [LibraryImport(Library, EntryPoint = "SystemNative_ForkAndExecProcess", SetLastError = true)]
    internal static partial int ForkAndExecProcess(byte* path, byte** arguments, byte** environment, byte* directory, int redirectInput, int redirectOutput, int redirectError,
        int setUser, uint user, uint group, uint* groups, int groupCount, int* process, int* input, int* output, int* error);

    [LibraryImport(Library, EntryPoint = "SystemNative_WaitPidExitedNoHang", SetLastError = true)]
    internal static partial int WaitPidExitedNoHang(int process, int* exitCode);

    [LibraryImport(Library, EntryPoint = "SystemNative_Kill", SetLastError = true)]
    internal static partial int Kill(int process, int signal);

    [StructLayout(LayoutKind.Sequential)]
    internal struct Status
    {
        internal int Flags, Mode;
        internal uint User, Group;
        internal long Size, Accessed, AccessedNanoseconds, Modified, ModifiedNanoseconds, Changed, ChangedNanoseconds, Born, BornNanoseconds, Device, DeviceOfFile, Inode;
        internal uint UserFlags;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct Entry
    {
        internal byte* Name;
        internal int NameLength, Type;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct WindowSize
    {
        internal ushort Rows, Columns, Width, Height;
    }
}
