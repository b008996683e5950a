namespace Shims.Control.Doctor;

/// <summary>The weight of a finding.</summary>
public enum Severity
{
    /// <summary>It is as it should be: what was looked at.</summary>
    Good,

    /// <summary>Works, but will surprise users.</summary>
    Warning,

    /// <summary>A request will fail.</summary>
    Error,
}
