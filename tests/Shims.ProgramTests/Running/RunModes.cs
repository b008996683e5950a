namespace Shims.ProgramTests;

/// <summary>Which ways a test is about, and what each means on the command line.</summary>
public static class RunModes
{
    public static TheoryData<RunModeUnderTest> All => Built(RunModeUnderTest.Plain, RunModeUnderTest.Ordinary, RunModeUnderTest.Exec, RunModeUnderTest.Supervise, RunModeUnderTest.Relay, RunModeUnderTest.FastCgi, RunModeUnderTest.Uwsgi);

    /// <summary>Those that speak SCGI.</summary>
    public static TheoryData<RunModeUnderTest> Scgi => Built(RunModeUnderTest.Plain, RunModeUnderTest.Ordinary, RunModeUnderTest.Exec, RunModeUnderTest.Supervise, RunModeUnderTest.Relay);

    /// <summary>Those in which the shim reads what the script answers.</summary>
    public static TheoryData<RunModeUnderTest> Relaying => Built(RunModeUnderTest.Relay, RunModeUnderTest.FastCgi, RunModeUnderTest.Uwsgi);

    /// <summary>Those in which the shim is still there when the script ends.</summary>
    public static TheoryData<RunModeUnderTest> Staying => Built(RunModeUnderTest.Supervise, RunModeUnderTest.Relay, RunModeUnderTest.FastCgi, RunModeUnderTest.Uwsgi);

    /// <summary>Those in which the script becomes the program.</summary>
    public static TheoryData<RunModeUnderTest> Replacing => Built(RunModeUnderTest.Plain, RunModeUnderTest.Ordinary, RunModeUnderTest.Exec);

    /// <summary>One for each program.</summary>
    public static TheoryData<RunModeUnderTest> EachProgram => Built(RunModeUnderTest.Plain, RunModeUnderTest.FastCgi, RunModeUnderTest.Uwsgi);

    /// <summary>Of several ways, those that the programs under test have.</summary>
    private static TheoryData<RunModeUnderTest> Built(params RunModeUnderTest[] modes) =>
        [.. modes.Where(static mode => !Repository.IsPortable || mode is not (RunModeUnderTest.Exec or RunModeUnderTest.Supervise))];

    internal static bool SpeaksFastCgi(this RunModeUnderTest mode) => mode == RunModeUnderTest.FastCgi;

    internal static bool SpeaksUwsgi(this RunModeUnderTest mode) => mode == RunModeUnderTest.Uwsgi;

    internal static string ProgramName(this RunModeUnderTest mode) => mode.SpeaksFastCgi() ? "fcgi-run" : mode.SpeaksUwsgi() ? "uwsgi-run" : "scgi-run";

    /// <summary>A whole request as bytes.</summary>
    internal static byte[] Encode(this RunModeUnderTest mode, RequestVariables variables, ReadOnlySpan<byte> body = default) =>
        mode.SpeaksFastCgi() ? FastCgiClient.Encode(variables, body.ToArray()) : mode.SpeaksUwsgi() ? UwsgiClient.Encode(variables, body) : ScgiClient.Encode(variables, body);

    /// <summary>The beginning of a request whose header does not end.</summary>
    internal static byte[] Beginning(this RunModeUnderTest mode) =>
        mode.SpeaksFastCgi() ? FastCgiClient.Begin().ToBytes() : mode.SpeaksUwsgi() ? [0, 70, 0, 0, 14, 0, (byte)'C'] : "70:CONTENT"u8.ToArray();

    internal static string Program(this RunModeUnderTest mode) => Repository.Program(mode.ProgramName());

    internal static string[] Environment(this RunModeUnderTest mode) => mode == RunModeUnderTest.Ordinary ? ["SHIMS_ORDINARY_PATH=1"] : [];

    internal static string[] Options(this RunModeUnderTest mode) => mode switch
    {
        RunModeUnderTest.Exec => ["--mode", "exec"],
        RunModeUnderTest.Supervise => ["--mode", "supervise"],
        RunModeUnderTest.Relay => ["--mode", "relay"],
        _ => [],
    };
}
