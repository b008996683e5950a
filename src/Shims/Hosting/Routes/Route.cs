namespace Shims.Hosting;

/// <summary>A pattern, a method, and the handler for both.</summary>
/// <param name="Method">In capital letters.</param>
/// <param name="Pattern">The pattern of the path.</param>
/// <param name="Bind">The handler, given the values of the parameters; null if one of them is not of the handler's type.</param>
internal sealed record Route(string Method, RoutePattern Pattern, Func<ValueCollection, Action<CgiRequest, CgiResponse>?> Bind);
