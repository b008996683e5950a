namespace Shims.ProgramTests;

/// <summary>Which ways a test is about, and what each means on the command line.</summary>
public static class Ways
{
    public static TheoryData<Way> All => [Way.Plain, Way.Ordinary, Way.Exec, Way.Supervise, Way.Relay, Way.FastCgi];

    /// <summary>Those that speak SCGI.</summary>
    public static TheoryData<Way> Scgi => [Way.Plain, Way.Ordinary, Way.Exec, Way.Supervise, Way.Relay];

    /// <summary>Those in which the shim reads what the script answers.</summary>
    public static TheoryData<Way> Relaying => [Way.Relay, Way.FastCgi];

    /// <summary>Those in which the shim is still there when the script ends.</summary>
    public static TheoryData<Way> Staying => [Way.Supervise, Way.Relay, Way.FastCgi];

    /// <summary>Those in which the script becomes the program.</summary>
    public static TheoryData<Way> Replacing => [Way.Plain, Way.Ordinary, Way.Exec];

    /// <summary>One for each program.</summary>
    public static TheoryData<Way> EachProgram => [Way.Plain, Way.FastCgi];

    internal static bool SpeaksFastCgi(this Way way) => way == Way.FastCgi;

    internal static string ProgramName(this Way way) => way.SpeaksFastCgi() ? "fcgi-run" : "scgi-run";

    internal static string Program(this Way way) => Repository.Program(way.ProgramName());

    internal static string[] Environment(this Way way) => way == Way.Ordinary ? ["SHIMS_ORDINARY_PATH=1"] : [];

    internal static string[] Options(this Way way) => way switch
    {
        Way.Exec => ["--mode", "exec"],
        Way.Supervise => ["--mode", "supervise"],
        Way.Relay => ["--mode", "relay"],
        _ => [],
    };
}
