using System.Text;
using Shims.Cgi;

namespace Shims.Hosting;

/// <summary>
/// All routes of a program, the more particular ones first, and what happens where none fits. RFC 9110 sections 9.3.2 (HEAD), 9.3.7
/// (OPTIONS), 15.5.5 and 15.5.6.
/// </summary>
internal sealed class RouteTable
{
    private readonly List<Route> _routes = [];

    /// <summary>The handler of paths that no route matches.</summary>
    internal Action<CgiRequest, CgiResponse>? Fallback { get; set; }

    /// <exception cref="ArgumentException">There is one for this pattern and method already.</exception>
    internal void Add(Route route)
    {
        int place = 0;
        for (int i = 0; i < _routes.Count; i++)
        {
            if (_routes[i].Method == route.Method && _routes[i].Pattern.ToString() == route.Pattern.ToString())
                throw new ArgumentException($"There is a route {route.Method} {route.Pattern} already.", nameof(route));
            if (!route.Pattern.IsBefore(_routes[i].Pattern))
                place = i + 1;
        }
        _routes.Insert(place, route);
    }

    /// <summary>Responds to a request.</summary>
    internal void Handle(CgiRequest request, CgiResponse response)
    {
        var methods = new SortedSet<string>(StringComparer.Ordinal);
        ValueCollection? values = null;
        Action<CgiRequest, CgiResponse>? handler = Find(request.Method, request.PathInfo, methods, ref values);
        if (handler is null && request.Method == "HEAD")
            handler = Find("GET", request.PathInfo, methods, ref values);
        if (handler is not null || (methods.Count == 0 && (handler = Fallback) is not null))
        {
            request.RouteValues = values ?? request.RouteValues;
            handler(request, response);
            return;
        }
        if (methods.Count == 0)
        {
            Refuse(response, 404, request.ShowsErrors ? Explanation(request) : "");
            return;
        }
        if (methods.Contains("GET"))
            methods.Add("HEAD");
        methods.Add("OPTIONS");
        response.Headers["Allow"] = string.Join(", ", methods);
        if (request.Method == "OPTIONS")
            response.StatusCode = 204;
        else
            Refuse(response, 405, "");
    }

    /// <param name="methods">The methods of all routes that match the path are added.</param>
    private Action<CgiRequest, CgiResponse>? Find(string method, string path, SortedSet<string> methods, ref ValueCollection? found)
    {
        var matches = new List<KeyValuePair<string, string>>();
        foreach (Route route in _routes)
        {
            if (!route.Pattern.TryMatch(path, matches))
                continue;
            var values = new ValueCollection([.. matches]);
            if (route.Bind(values) is not { } handler)
                continue;
            methods.Add(route.Method);
            if (route.Method != method)
                continue;
            found = values;
            return handler;
        }
        return null;
    }

    private static void Refuse(CgiResponse response, int status, string explanation)
    {
        response.StatusCode = status;
        response.Headers["X-Content-Type-Options"] = "nosniff";
        response.Write($"{status} {ReasonPhrases.Of(status)}\n{explanation}");
    }

    private string Explanation(CgiRequest request)
    {
        string path = request.PathInfo.Length > 0 ? request.PathInfo : "/";
        var text = new StringBuilder($"\nNo route matches {request.Method} {path}. SCRIPT_NAME is \"{request.ScriptName}\".\n\nRoutes:\n");
        foreach (Route route in _routes)
            text.Append($"  {route.Method} {route.Pattern}\n");
        if (request.PathInfo.Length == 0)
            text.Append("\nThe web server sent no PATH_INFO: let it send the path below the program, or set ShimOptions.MountPath.\n");
        return text.ToString();
    }
}
