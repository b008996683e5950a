namespace Shims.Posix;

/// <summary>The numbers by which the kernel knows its calls. Linux: arch/x86/entry/syscalls/syscall_64.tbl, and for arm64 include/uapi/asm-generic/unistd.h.</summary>
internal static class SystemCall
{
    internal const nint OpenProcess = 434, CreateThread = 435, CloseRange = 436, OpenAtWithRules = 437, FileAccess = 439;

    /// <summary>x86-64 only: the register by which a thread finds what is its own.</summary>
    internal const nint ArchitecturePrivate = 158;

    internal static nint Read => Flags.IsArm64 ? 63 : 0;

    internal static nint Write => Flags.IsArm64 ? 64 : 1;

    internal static nint WriteAt => Flags.IsArm64 ? 68 : 18;

    internal static nint CreateMemoryFile => Flags.IsArm64 ? 279 : 319;

    internal static nint Close => Flags.IsArm64 ? 57 : 3;

    internal static nint PollWithMask => Flags.IsArm64 ? 73 : 271;

    internal static nint MapMemory => Flags.IsArm64 ? 222 : 9;

    internal static nint UnmapMemory => Flags.IsArm64 ? 215 : 11;

    internal static nint SignalAction => Flags.IsArm64 ? 134 : 13;

    internal static nint SignalMask => Flags.IsArm64 ? 135 : 14;

    internal static nint Socket => Flags.IsArm64 ? 198 : 41;

    internal static nint Connect => Flags.IsArm64 ? 203 : 42;

    internal static nint SendTo => Flags.IsArm64 ? 206 : 44;

    internal static nint ReceiveFrom => Flags.IsArm64 ? 207 : 45;

    internal static nint GetSocketOption => Flags.IsArm64 ? 209 : 55;

    internal static nint CreatePipe => Flags.IsArm64 ? 59 : 293;

    internal static nint SetProcessGroup => Flags.IsArm64 ? 154 : 109;

    internal static nint SetSession => Flags.IsArm64 ? 157 : 112;

    internal static nint ProcessControl => Flags.IsArm64 ? 167 : 157;

    internal static nint WaitForState => Flags.IsArm64 ? 95 : 247;

    internal static nint InputOutputControl => Flags.IsArm64 ? 29 : 16;

    internal static nint Tee => Flags.IsArm64 ? 77 : 276;

    internal static nint Wait => Flags.IsArm64 ? 260 : 61;

    internal static nint ExecuteAt => Flags.IsArm64 ? 281 : 322;

    internal static nint EnterDirectory => Flags.IsArm64 ? 50 : 81;

    internal static nint ReadLink => Flags.IsArm64 ? 78 : 267;

    internal static nint EffectiveUser => Flags.IsArm64 ? 175 : 107;

    internal static nint SignalThread => Flags.IsArm64 ? 131 : 234;

    internal static nint Kill => Flags.IsArm64 ? 129 : 62;

    internal static nint GetProcessId => Flags.IsArm64 ? 172 : 39;

    internal static nint GetRandom => Flags.IsArm64 ? 278 : 318;

    internal static nint ExitGroup => Flags.IsArm64 ? 94 : 231;

    internal static nint Execute => Flags.IsArm64 ? 221 : 59;

    internal static nint FileControl => Flags.IsArm64 ? 25 : 72;

    internal static nint ChangeDirectory => Flags.IsArm64 ? 49 : 80;

    internal static nint Futex => Flags.IsArm64 ? 98 : 202;

    internal static nint GetTime => Flags.IsArm64 ? 113 : 228;

    internal static nint OpenAt => Flags.IsArm64 ? 56 : 257;

    internal static nint Duplicate => Flags.IsArm64 ? 24 : 292;

    internal static nint ResourceLimit => Flags.IsArm64 ? 261 : 302;

    internal static nint FileStatus => Flags.IsArm64 ? 291 : 332;

    /// <summary>The one before it, whose struct is not the same on every architecture.</summary>
    internal static nint OlderFileStatus => Flags.IsArm64 ? 79 : 262;
}
