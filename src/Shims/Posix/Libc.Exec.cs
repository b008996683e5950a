using System.Runtime.InteropServices;

namespace Shims.Posix;

// Becoming another program, where there is a runtime already.
internal static unsafe partial class Libc
{
    /// <summary>Becomes another program, with the descriptors as they are. execve(2). Comes back only if that failed.</summary>
    /// <param name="arguments">The program's path, then its arguments.</param>
    /// <param name="environment">NAME=VALUE.</param>
    internal static void Exec(IReadOnlyList<string> arguments, IReadOnlyList<string> environment)
    {
        byte** argumentTable = TableOf(arguments);
        byte** environmentTable = TableOf(environment);
        // What the .NET runtime has changed must not outlive it.
        for (int number = 1; number <= SignalCount; number++)
            signal(number, 0);
        SetSignalMask(0);
        execve(argumentTable[0], argumentTable, environmentTable);
    }

    /// <summary>Never given back: the process becomes another one, or ends soon.</summary>
    private static byte** TableOf(IReadOnlyList<string> texts)
    {
        var table = (byte**)Allocate((texts.Count + 1) * sizeof(byte*));
        for (int i = 0; i < texts.Count; i++)
            table[i] = (byte*)Marshal.StringToCoTaskMemUTF8(texts[i]);
        table[texts.Count] = null;
        return table;
    }
}
