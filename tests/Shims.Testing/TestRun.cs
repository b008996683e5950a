using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Shims.Testing;

/// <summary>The one directory in which everything temporary of a run of tests lies, also what the programs make that it starts; gone when the run ends.</summary>
public static class TestRun
{
    // As /tmp is: whoever a program runs as may make files there, and nobody may remove somebody else's.
    private const UnixFileMode LikeTmp = UnixFileMode.StickyBit | (UnixFileMode)0b111_111_111;

    /// <summary>The directory; its name is short, because the path of a unix socket may not be longer than 107 bytes.</summary>
    public static string TemporaryDirectory { get; } = Make();

    /// <summary>The setting that makes a program use it too.</summary>
    internal static byte[] Variable { get; } = System.Text.Encoding.UTF8.GetBytes($"TMPDIR={TemporaryDirectory}");

    /// <summary>Before anything else of this library, so that nothing asks for the system's temporary directory earlier.</summary>
    [ModuleInitializer, SuppressMessage("Usage", "CA2255", Justification = "This library is for tests alone, and they have no common entry point.")]
    internal static void Begin() => Environment.SetEnvironmentVariable("TMPDIR", TemporaryDirectory);

    private static string Make()
    {
        string folder = Directory.CreateTempSubdirectory("st-").FullName;
        File.SetUnixFileMode(folder, LikeTmp);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        return folder;
    }
}
