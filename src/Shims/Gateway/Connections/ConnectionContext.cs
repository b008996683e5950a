using Shims.Gateway.Requests;

namespace Shims.Gateway.Connections;

/// <summary>The surroundings of a connection, and its keeper.</summary>
/// <param name="context">Shared by the connections of its loop.</param>
/// <param name="responder">Responds to its requests.</param>
/// <param name="recorder">Follows its requests; null without --record.</param>
/// <param name="detection">Tells protocols apart.</param>
internal abstract class ConnectionContext(LoopContext context, IResponder responder, IRequestRecorder? recorder, ProtocolDetection detection)
{
    /// <summary>Shared by the connections of its loop.</summary>
    internal LoopContext Context { get; } = context;

    /// <summary>Responds to its requests.</summary>
    internal IResponder Responder { get; } = responder;

    /// <summary>Follows its requests; null without --record.</summary>
    internal IRequestRecorder? Recorder { get; } = recorder;

    /// <summary>Tells protocols apart.</summary>
    internal ProtocolDetection Detection { get; } = detection;

    /// <summary>Serves a connection.</summary>
    /// <param name="protocol">Its protocol.</param>
    /// <param name="descriptor">Taken over.</param>
    internal abstract void Begin(Protocol protocol, int descriptor);

    /// <summary>A connection has been closed or handed over.</summary>
    internal abstract void Ended(Connection connection);
}
