// A value that copies share until one of them changes it: large arrays that many hold and few edit.
#pragma once

#include <memory>

namespace spikefab {

template <class T>
class SharedValue {
 public:
  const T& operator*() const { return *value_; }
  const T* operator->() const { return value_.get(); }

  // To change it; others keep what they have. Not while another thread copies this object.
  T& edit() {
    if (value_.use_count() > 1) value_ = std::make_shared<T>(*value_);
    return *value_;
  }

 private:
  std::shared_ptr<T> value_ = std::make_shared<T>();
};

}  // namespace spikefab
