namespace Shims.Control.Doctor;

/// <summary>For whom, and how far, things are looked at.</summary>
internal sealed record DoctorSettings
{
    /// <summary>The user that scripts run as.</summary>
    internal required Identity User { get; init; }

    /// <summary>The user that the web server runs as; null if the command line does not say, and it is what the web server's configuration says.</summary>
    internal Identity? WebUser { get; init; }

    /// <summary>Everything that is looked at this time, because one half of a set-up is judged by the other.</summary>
    internal IReadOnlyList<string> Given { get; init; } = [];

    /// <summary>Whether programs may be run and requests be sent. Without it files are read, and nothing else.</summary>
    internal bool MayRun { get; init; } = true;
}
