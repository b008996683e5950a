using Shims.Gateway.Requests;

namespace Shims.Gateway.Connections;

/// <summary>What a connection is made with.</summary>
/// <param name="loop">What the connections of its loop share.</param>
/// <param name="responder">Answers its requests.</param>
/// <param name="recorder">Follows its requests; null without --record.</param>
/// <param name="owner">Is told of its end.</param>
internal sealed class ConnectionContext(LoopContext loop, IResponder responder, IRequestRecorder? recorder, IConnectionOwner owner)
{
    /// <summary>What the connections of its loop share.</summary>
    internal LoopContext Loop { get; } = loop;

    /// <summary>Answers its requests.</summary>
    internal IResponder Responder { get; } = responder;

    /// <summary>Follows its requests; null without --record.</summary>
    internal IRequestRecorder? Recorder { get; } = recorder;

    /// <summary>Is told of its end.</summary>
    internal IConnectionOwner Owner { get; } = owner;
}
