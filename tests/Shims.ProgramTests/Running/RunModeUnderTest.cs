namespace Shims.ProgramTests;

/// <summary>The ways in which our programs come to run a script. What holds for a script holds in each of them.</summary>
public enum RunModeUnderTest
{
    /// <summary>scgi-run without any option: the form that never touches the option parser, and runs the script before the .NET runtime starts.</summary>
    Plain,

    /// <summary>The same, but told to start the runtime first, as it does for whatever is out of the ordinary.</summary>
    Ordinary,

    /// <summary>scgi-run --mode exec.</summary>
    Exec,

    /// <summary>scgi-run --mode supervise.</summary>
    Supervise,

    /// <summary>scgi-run --mode relay.</summary>
    Relay,

    /// <summary>fcgi-run, which always relays.</summary>
    FastCgi,

    /// <summary>uwsgi-run, which relays unless it is told otherwise.</summary>
    Uwsgi,
}
