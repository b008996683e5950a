using System.Collections;
using Microsoft.AspNetCore.Http.Features;
using Shims.AspNetCore.Channels;

namespace Shims.AspNetCore.Features;

/// <summary>The features of one request: those of the server, until they are replaced or removed, and those that the app sets.</summary>
internal sealed class AppFeatures : IFeatureCollection
{
    private readonly RequestFeature _request;
    private readonly RequestBody _body;
    private readonly RequestLife _life;
    private ServerVariables? _variables;
    private Dictionary<Type, object?>? _set;

    internal AppFeatures(AppChannel channel, RequestFeature request, ServerSettings settings)
    {
        _request = request;
        _life = new RequestLife(channel, settings.AllowsSynchronousIO);
        _body = new RequestBody(channel.Input?.Reader, channel.BodyLength, settings.MaxRequestBodySize);
        request.Body = new RequestStream(_body, _life);
        Response = new ResponseFeature(channel, settings, request.Method, _life);
    }

    public bool IsReadOnly => false;

    public int Revision { get; private set; }

    /// <summary>The response, whatever the app has put in its place.</summary>
    internal ResponseFeature Response { get; }

    private ServerVariables Variables => _variables ??= new ServerVariables(_request);

    public object? this[Type key]
    {
        get => _set is not null && _set.TryGetValue(key, out object? set) ? set : OwnOf(key);
        set
        {
            ArgumentNullException.ThrowIfNull(key);
            (_set ??= [])[key] = value;
            Revision++;
        }
    }

    public TFeature? Get<TFeature>() => (TFeature?)this[typeof(TFeature)];

    public void Set<TFeature>(TFeature? instance) => this[typeof(TFeature)] = instance;

    public IEnumerator<KeyValuePair<Type, object>> GetEnumerator()
    {
        foreach (Type type in s_own)
        {
            if (_set?.ContainsKey(type) != true && OwnOf(type) is { } own)
                yield return new KeyValuePair<Type, object>(type, own);
        }
        foreach ((Type type, object? set) in _set ?? [])
        {
            if (set is not null)
                yield return new KeyValuePair<Type, object>(type, set);
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static readonly Type[] s_own =
    [
        typeof(IHttpRequestFeature), typeof(IHttpResponseFeature), typeof(IHttpResponseBodyFeature), typeof(IHttpRequestLifetimeFeature),
        typeof(IHttpRequestIdentifierFeature), typeof(IHttpConnectionFeature), typeof(IHttpBodyControlFeature), typeof(IHttpMaxRequestBodySizeFeature),
        typeof(IHttpRequestBodyDetectionFeature), typeof(IRequestBodyPipeFeature), typeof(IServerVariablesFeature), typeof(ITlsConnectionFeature),
    ];

    private object? OwnOf(Type type)
    {
        if (type == typeof(IHttpRequestFeature) || type == typeof(IHttpConnectionFeature) || type == typeof(IHttpRequestIdentifierFeature))
            return _request;
        if (type == typeof(IHttpResponseFeature) || type == typeof(IHttpResponseBodyFeature))
            return Response;
        if (type == typeof(IHttpRequestLifetimeFeature) || type == typeof(IHttpBodyControlFeature))
            return _life;
        if (type == typeof(IRequestBodyPipeFeature) || type == typeof(IHttpMaxRequestBodySizeFeature) || type == typeof(IHttpRequestBodyDetectionFeature))
            return _body;
        if (type == typeof(IServerVariablesFeature))
            return Variables;
        return type == typeof(ITlsConnectionFeature) && Variables.HasCertificate ? Variables : null;
    }
}
