using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Shims.AspNetCore.Channels;
using Shims.AspNetCore.Features;

namespace Shims.AspNetCore.Serving;

/// <summary>The story of one request, from the app's side: as Kestrel tells it.</summary>
internal static class AppRequest
{
    internal static async Task RunAsync<TContext>(IHttpApplication<TContext> application, AppChannel channel, ServerSettings settings, ILogger logger)
        where TContext : notnull
    {
        try
        {
            if (RequestFeature.Read(channel.Variables, channel.BodyLength, channel.RequestId, settings.PathBase) is { } request)
                await RunAsync(application, channel, new AppFeatures(channel, request, settings), logger);
            else
                Refuse(channel, settings);
        }
        finally
        {
            channel.Input?.Reader.Complete();
            channel.Output.Writer.Complete();
        }
    }

    private static async Task RunAsync<TContext>(IHttpApplication<TContext> application, AppChannel channel, AppFeatures features, ILogger logger)
        where TContext : notnull
    {
        ResponseFeature response = features.Response;
        Exception? failure = null;
        TContext context = application.CreateContext(features);
        try
        {
            await application.ProcessRequestAsync(context);
            await response.CompleteAsync();
        }
        catch (Exception exception)
        {
            failure = exception;
            Fail(channel, response, logger, exception);
        }
        await response.CallCompletedAsync(exception => ServerLog.CallbackFailed(logger, channel.RequestId, exception));
        application.DisposeContext(context, failure);
    }

    private static void Fail(AppChannel channel, ResponseFeature response, ILogger logger, Exception exception)
    {
        bool isWanted = channel.State == OutputState.Open;
        if (exception is BadHttpRequestException bad)
            ServerLog.Refused(logger, channel.RequestId, bad.StatusCode);
        else if (isWanted || response.IsComplete)
            ServerLog.AppFailed(logger, channel.RequestId, exception);
        if (response.IsComplete || !isWanted)
            return; // the client has all of it, or has gone
        if (response.HasStarted)
            channel.Break();
        else
            response.Fail((exception as BadHttpRequestException)?.StatusCode ?? StatusCodes.Status500InternalServerError);
    }

    /// <summary>A request that cannot be read does not reach the app.</summary>
    private static void Refuse(AppChannel channel, ServerSettings settings) =>
        new ResponseFeature(channel, settings, HttpMethods.Get, new RequestLife(channel, allowsSynchronousIO: false)).Fail(StatusCodes.Status400BadRequest);
}
