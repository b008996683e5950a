namespace Shims.Hosting;

/// <summary>The events that a handler waits for.</summary>
internal enum HandlerWait : byte
{
    /// <summary>Bytes of the body, or its end.</summary>
    Input,

    /// <summary>Room for a good part of what it has to say.</summary>
    Room,

    /// <summary>That the web server has taken everything.</summary>
    Sent,
}
