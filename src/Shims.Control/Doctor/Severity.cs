namespace Shims.Control.Doctor;

/// <summary>How much a finding matters.</summary>
public enum Severity
{
    /// <summary>It is as it should be: what was looked at.</summary>
    Good,

    /// <summary>Works, but will surprise users.</summary>
    Warning,

    /// <summary>A request will fail.</summary>
    Error,
}
