namespace Shims.Gateway.Scripts;

/// <summary>The state of a script between its pipes: see <see cref="ScriptRelay"/>.</summary>
/// <remarks><code>
///                it writes      its output ends   the script ends   time is over   all is sent    it fails or is given up
///   Silent       Pausing        Pausing           HeldOpen          Silent         Silent         Over
///   Pausing      Pausing        Pausing           HeldOpen          Streaming      Pausing        Over
///   Streaming    Streaming      OutputEnded       HeldOpen          Streaming      Streaming      Over
///   OutputEnded  OutputEnded    OutputEnded       Ended             Detached       OutputEnded    Over
///   Detached     Detached       Detached          Ended             Detached       Over           Over
///   HeldOpen     HeldOpen       Ended             HeldOpen          Ended          HeldOpen       Over
///   Ended        HeldOpen       Ended             Ended             Ended          Over           Over
///   Over         Over           Over              Over              Over           Over           Over
/// </code></remarks>
internal enum RelayState : byte
{
    /// <summary>The script runs, and has written nothing.</summary>
    Silent,

    /// <summary>
    /// It has begun to write. Most scripts end as soon as they have written, so a moment is waited for that, once: all of a small response then goes out in one piece, with its end,
    /// and the web server wakes for it once. Ends after <see cref="Limits.EndMoment"/>.
    /// </summary>
    Pausing,

    /// <summary>The script runs, and its output goes on at once.</summary>
    Streaming,

    /// <summary>The script has closed its output, and runs. With a header its response is complete after <see cref="Limits.EndGrace"/>, without one at its end.</summary>
    OutputEnded,

    /// <summary>The script runs on after its response is complete, within its time.</summary>
    Detached,

    /// <summary>The script has ended, and a process that it has started holds its output. Ends <see cref="Limits.OutputWaitSeconds"/> after the last output, and with the script's time.</summary>
    HeldOpen,

    /// <summary>The script has ended, and no more output is expected.</summary>
    Ended,

    /// <summary>The response has ended, well or not.</summary>
    Over,
}
