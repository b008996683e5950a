namespace Shims.Gateway.Requests;

/// <summary><c>--record</c>: follows requests.</summary>
internal interface IRequestRecorder
{
    /// <summary>Follows a request whose variables have been read.</summary>
    IRequestObserver Begin(Exchange exchange);
}
