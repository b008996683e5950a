namespace Shims.Recording;

/// <summary>The reason for which a request was kept.</summary>
internal enum CapsuleReason : byte
{
    /// <summary>The shim could not answer it as it should: there is a cause and a cure.</summary>
    Fault,

    /// <summary>The script itself answered with a status of 500 or more.</summary>
    Status,

    /// <summary>The web server went away before the response was complete.</summary>
    Gone,

    /// <summary>The script answered, and then ended with an exit status other than 0.</summary>
    Exit,

    /// <summary>Nothing went wrong: --record-all.</summary>
    All,
}
