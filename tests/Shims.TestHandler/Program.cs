// A handler for tests: the query says what it does.
using Shims;
using Shims.TestHandler;

var options = new ShimOptions
{
    MountPath = Environment.GetEnvironmentVariable("TEST_MOUNT"),
    MaxConcurrentHandlers = Number("TEST_THREADS") ?? 64,
    MaxConcurrentRequests = Number("TEST_MAX") ?? 0,
    MaxBodySize = Number("TEST_MAX_BODY") ?? 2L << 30,
    HandlerTimeout = Number("TEST_TIMEOUT") is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
    FinishTime = TimeSpan.FromSeconds(Number("TEST_FINISH") ?? 45),
};
return Environment.GetEnvironmentVariable("TEST_KIND") switch
{
    "authorizer" => Shim.RunAuthorizer(Behaviour.Authorize, options),
    "task" => Shim.Run(async (request, response) =>
    {
        await Task.Delay(1);
        Behaviour.Handle(request, response);
        await Task.Yield();
    }, options),
    "async" => Shim.Run(Behaviour.HandleAsync, options),
    _ => Shim.Run(ref args, (request, response) =>
    {
        Behaviour.Handle(request, response);
        if (request.Query["do"] is null && request.QueryString.Length > 0)
            response.Write($"Arguments: {string.Join('|', args)}\n");
    }, options),
};

static int? Number(string name) => int.TryParse(Environment.GetEnvironmentVariable(name), out int value) ? value : null;
