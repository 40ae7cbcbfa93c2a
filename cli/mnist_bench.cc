#include "cli/mnist_bench.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "cli/counts.h"
#include "cli/log.h"
#include "cli/mnist_data.h"

namespace spikefab::cli {
namespace {

double ratio(double part, double whole) { return whole > 0 ? part / whole : 0; }

double percent(double part, double whole) { return 100 * ratio(part, whole); }

Json activity_rows(const CoreActivity& activity) {
  Json rows = Json::array();
  for (const LayerActivity& layer : activity.layers) {
    const auto percent_of_cores = [&](u64 sum) {
      return percent(activity.per_image(sum), static_cast<double>(layer.cores));
    };
    rows.push_back({{"layer", rows.size() + 1},
                    {"cores", layer.cores},
                    {"active_percent", percent_of_cores(layer.carrying_cores)},
                    {"receiving_percent", percent_of_cores(layer.receiving_cores)},
                    {"sending_percent", percent_of_cores(layer.sending_cores)},
                    {"spikes_received_per_image", activity.per_image(layer.spikes_received)},
                    {"spikes_per_image", activity.per_image(layer.spikes_sent)}});
  }
  return rows;
}

// The keys of `result` that a table has room for, in this order.
Json columns(const Json& result, const std::vector<std::string>& keys) {
  Json row;
  for (const std::string& key : keys) row[key] = result.at(key);
  return row;
}

}  // namespace

ImageSet load_mnist(u64 images, const std::string& folder, IfFewer if_fewer) {
  const u64 most_possible = std::numeric_limits<u32>::max();
  const MnistFiles files = find_mnist(static_cast<u32>(std::min(images, most_possible)), folder);
  if (images > files.most && if_fewer == IfFewer::take_all) images = files.most;
  if (images > files.most) {
    throw UsageError(fmt::format("--images = {} (must be at most {}, as many as {} has)", images,
                                 files.most, files.images));
  }
  ImageSet set = {load_images(files.images, files.labels), files.images, files.labels,
                  files.source};
  set.images.keep_first(static_cast<u32>(images));
  return set;
}

void check_images(const ImageModel& model, const ImageSet& set) {
  check_image_size(model.classifier, set.images, set.place);
  const std::vector<u8>& labels = set.images.labels;
  const u32 classes = model.classifier.classes;
  const auto bad = std::find_if(labels.begin(), labels.end(), [&](u8 l) { return l >= classes; });
  if (bad == labels.end()) return;
  throw InputError(set.labels_place,
                   fmt::format("the label of image {} is {}", bad - labels.begin(), *bad),
                   fmt::format("model '{}' knows classes 0..{}", model.name, classes - 1));
}

std::optional<ModelRun> run_model(sim::Engine& engine, const ImageModel& model,
                                  const ImageSet& set) {
  ImageRun answers = run_images(engine, model.classifier, set);
  if (answers.decisions.size() < set.images.count) {
    log_warning("interrupted in model {}, {} of {} images answered, {} of them right", model.name,
                answers.decisions.size(), set.images.count, right_answers(answers, set.images));
    return {};
  }
  auto activity = measure_activity(engine, model.classifier, set, activity_images);
  if (!activity) return {};
  return ModelRun{std::move(answers), std::move(*activity)};
}

Json model_result(const ImageModel& model, const std::string& engine, const ModelRun& run,
                  const Images& images) {
  const Program& program = model.classifier.program;
  const ImageRun& answers = run.answers;
  const double active_cores = run.activity.carrying_cores();
  const u64 correct = right_answers(answers, images);
  const u64 synaptic_events = total_count(answers.totals, sim::synaptic_events);
  const auto per_second = [](u64 count, double seconds) {
    return ratio(static_cast<double>(count), seconds);
  };
  return {{"model", model.name},
          {"engine", engine},
          {"chip", program.chip.name},
          {"mesh_width", program.chip.mesh.width},
          {"mesh_height", program.chip.mesh.height},
          {"mesh_cores", program.chip.mesh.size()},
          {"programmed_cores", program.cores()},
          {"neurons", program.neurons()},
          {"connections", program.connections()},
          {"ticks_per_image", model.classifier.encoding.ticks},
          {"images", images.count},
          {"correct", correct},
          {"ties", tied_answers(answers)},
          {"accuracy_percent", percent(static_cast<double>(correct), images.count)},
          {"ticks", answers.ticks},
          {"spikes", total_count(answers.totals, sim::spikes)},
          {"synaptic_events", synaptic_events},
          {"load_seconds", answers.load_seconds},
          {"run_seconds", answers.run_seconds},
          {"ticks_per_second", per_second(answers.ticks, answers.run_seconds)},
          {"images_per_second", per_second(images.count, answers.seconds())},
          {"synaptic_events_per_second", per_second(synaptic_events, answers.run_seconds)},
          {"active_cores", active_cores},
          {"active_cores_percent", percent(active_cores, program.cores())},
          {"activity_images", run.activity.images},
          {"activity", activity_rows(run.activity)},
          {"outputs_digest", answers.outputs_digest}};
}

Json comparison(const Json& results) {
  Json document;
  for (const char* table : {"models", "speed", "activity", "digests"}) {
    document[table] = Json::array();
  }
  for (const Json& result : results) {
    Json row = columns(result, {"model", "mesh_cores", "programmed_cores", "neurons", "connections",
                                "correct", "ties"});
    row["accuracy_%"] = fmt::format("{:.2f}", result.at("accuracy_percent").get<double>());
    row["active_cores"] = result.at("active_cores");
    row["of_programmed_%"] = result.at("active_cores_percent");
    document["models"].push_back(row);
    row = columns(result, {"model", "ticks_per_image", "ticks", "spikes", "synaptic_events",
                           "load_seconds", "run_seconds"});
    row["ticks/s"] = result.at("ticks_per_second");
    row["images/s"] = result.at("images_per_second");
    row["synaptic_events/s"] = result.at("synaptic_events_per_second");
    document["speed"].push_back(row);
    for (const Json& layer : result.at("activity")) {
      row = {{"model", result.at("model")}};
      row.update(layer);
      document["activity"].push_back(row);
    }
    document["digests"].push_back(columns(result, {"model", "outputs_digest"}));
  }
  return document;
}

std::string difference_from_card(const ImageModel& model, const ImageRun& run,
                                 const Images& images) {
  if (!model.card || model.card->images != images.count) return "";
  const u64 correct = right_answers(run, images);
  const u64 ties = tied_answers(run);
  if (correct == model.card->correct && ties == model.card->ties) return "";
  return Problem{model.card->place,
                 fmt::format("the result differs from the card: {} correct and {} ties, not {} and "
                             "{}",
                             correct, ties, model.card->correct, model.card->ties),
                 "a bug of ours, unless these are not the images of MNIST's test set"}
      .text();
}

std::string predictions_csv(const ImageRun& run, const Images& images) {
  std::string text = "image,label,prediction,tie\n";
  for (u64 i = 0; i < run.decisions.size(); ++i) {
    const sim::Decision& decision = run.decisions[i];
    text += fmt::format("{},{},{},{:d}\n", i, images.labels[i], decision.label, decision.tie);
  }
  return text;
}

}  // namespace spikefab::cli
