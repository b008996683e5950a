namespace Shims.HandlerTests;

/// <summary>How a request comes to a handler. What holds for a handler holds for each of them.</summary>
public enum Wire
{
    Scgi,
    FastCgi,
    Uwsgi,

    /// <summary>AJP13, which has to be chosen, and names no script.</summary>
    Ajp,

    /// <summary>RFC 3875: environment, descriptor 0, descriptor 1.</summary>
    Cgi,
}
